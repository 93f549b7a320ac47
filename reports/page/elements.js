"use strict";
/* What the scripts of pages share; all text goes in as text. */
const MARKS = {pass: "\u2713", fail: "\u2717", skipped: "\u2013", "not-claimed": "\u25cb", error: "!"};
const WORST_FIRST = ["fail", "error", "pass", "not-claimed", "skipped"];

/* Characters that could not be seen, or that turn the line around, as their numbers. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;
const visible = text => text.replace(HIDDEN, c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children.map(child => typeof child === "string" ? visible(child) : child));
  return element;
};

const show_verdict = verdict => make("span", {class: "verdict verdict-" + verdict}, MARKS[verdict] + " " + verdict);

const head_row = names => make("thead", {}, make("tr", {}, ...names.map(name => make("th", {scope: "col"}, name))));

const groups = (things, key) => {
  const found_groups = new Map();
  for (const thing of things) {
    const name = key(thing);
    if (!found_groups.has(name)) found_groups.set(name, []);
    found_groups.get(name).push(thing);
  }
  return found_groups;
};

/* Calls `filter` when the form has changed, once for keys that are struck quickly. */
const filter_by = (form, filter) => {
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 100);
  });
  form.addEventListener("reset", () => setTimeout(filter, 0));
  form.addEventListener("submit", event => event.preventDefault());
};
