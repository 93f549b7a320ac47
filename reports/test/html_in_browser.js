"use strict";
/* html_in_browser.js CHROMIUM FOLDER: the pages of the made runs in FOLDER, as somebody with a browser has them. */
const fs = require("fs");
const path = require("path");
const {chromium} = require("playwright-core");

const [executablePath, folder] = process.argv.slice(2);
const problems = [];
const WAIT_MS = 120000; // how long the machine may take for anything
const expect = (holds, text) => {
  if (!holds) problems.push(text);
};
const address = (name, hash = "") => `file://${path.join(folder, name)}.html${hash}`;
const shown = page => page.textContent("#shown");

/* Many cases: the page of a made run, its rows repeated. */
const write_many = (name, count) => {
  const html = fs.readFileSync(path.join(folder, "at-sign.html"), "utf8");
  const [whole, data] = html.match(/<script type="application\/json" id="data">([^]*?)<\/script>/);
  const run = JSON.parse(data);
  run.cases = Array.from({length: count}, (_, i) => run.cases[i % run.cases.length]);
  fs.writeFileSync(path.join(folder, name + ".html"), html.replace(whole, () => whole.replace(data, () => JSON.stringify(run))));
};

const CHECKS = {
  "opens without asking for anything": async (page, seen) => {
    for (const name of ["hostile", "at-sign", "empty", "huge", "bare", "interrupted"]) {
      await page.goto(address(name));
      expect(/^\d+ of \d+ cases$/.test(await shown(page)), `${name}: ${await shown(page)}`);
    }
    expect(seen.requests.every(url => url.startsWith("file:")), `it asks for ${seen.requests}`);
    expect(seen.errors.length === 0, `errors: ${seen.errors}`);
  },
  "filters by verdict": async page => {
    await page.goto(address("hostile"));
    for (const verdict of ["pass", "skipped", "not-claimed"]) await page.uncheck(`#filter-verdicts input[value=${verdict}]`);
    await page.waitForFunction(() => document.getElementById("shown").textContent === "2 of 5 cases");
    await page.click("button[type=reset]");
    await page.waitForFunction(() => document.getElementById("shown").textContent === "5 of 5 cases");
  },
  "searches": async page => {
    await page.goto(address("hostile"));
    await page.fill("#filter-text", "case-3");
    await page.waitForFunction(() => document.getElementById("shown").textContent === "1 of 5 cases");
  },
  "follows a link": async page => {
    await page.goto(address("hostile", "#verdict=fail&open"));
    await page.waitForSelector(".case[open] .exchange");
  },
  "opens by keyboard": async page => {
    await page.goto(address("hostile"));
    await page.focus("#list summary");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".case[open] .exchange .curl");
  },
  "copies the command": async page => {
    await page.goto(address("at-sign", "#verdict=fail&open"));
    await page.click(".copy");
    await page.waitForFunction(() => document.querySelector(".copy").textContent === "Copied");
  },
  "names everything for a screen reader": async page => {
    await page.goto(address("hostile"));
    const nameless = await page.$$eval("input, select, button", fields => fields.filter(field =>
      !field.textContent.trim() && !(field.labels && field.labels.length)).length);
    expect(nameless === 0, `${nameless} fields have no name`);
    expect(await page.getAttribute("#shown", "role") === "status", "how many are shown is not told");
    expect(await page.locator("svg[role=img][aria-label]").count() === 1, "the chart has no name");
  },
  "fits a phone": async page => {
    await page.setViewportSize({width: 400, height: 800});
    for (const name of ["hostile", "huge"]) {
      await page.goto(address(name, "#verdict=fail&open"));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width <= 400, `${name} is ${width} pixels wide`);
    }
    await page.setViewportSize({width: 1280, height: 900});
  },
  "is dark where dark is wanted": async page => {
    const ground = async scheme => {
      await page.emulateMedia({colorScheme: scheme});
      await page.goto(address("hostile"));
      return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    };
    const [light, dark] = [await ground("light"), await ground("dark")];
    expect(light !== dark, `the ground is ${light} by day and by night`);
  },
  "prints its failures": async page => {
    await page.emulateMedia({media: "print", colorScheme: "light"});
    await page.goto(address("hostile"));
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.waitForSelector(".case[open] .exchange");
    expect(!(await page.isVisible("#filters")), "the filters are on the paper");
    await page.emulateMedia({media: "screen"});
  },
  "shows 10,000 cases": async page => {
    write_many("many", 10000);
    await page.goto(address("many"));
    const ms = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
    expect(await shown(page) === "10000 of 10000 cases", await shown(page));
    expect(await page.locator(".case").count() <= 400, "all rows are made at once");
    console.log(`10,000 cases open in ${ms.toFixed(0)} ms`);
  },
};

const main = async () => {
  const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-gpu"]});
  const page = await browser.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const seen = {requests: [], errors: []};
  page.on("request", request => seen.requests.push(request.url()));
  page.on("pageerror", error => seen.errors.push(String(error)));
  for (const [name, check] of Object.entries(CHECKS)) {
    const before = problems.length;
    await check(page, seen).catch(error => problems.push(String(error)));
    for (let i = before; i < problems.length; i++) problems[i] = `${name}: ${problems[i]}`;
  }
  await browser.close();
  console.log(problems.join("\n") || `${Object.keys(CHECKS).length} checks passed`);
  return problems.length ? 1 : 0;
};

main().then(status => process.exit(status), error => {
  console.log(String(error));
  process.exit(1);
});
