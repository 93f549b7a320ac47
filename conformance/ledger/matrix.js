/* The ledger as a page: what `imageproof coverage --json` tells, section by section. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const NOT_RUN = "not run";
  const clauses = new Map(data.clauses.map(clause => [clause.id, clause]));
  const verdict_of = id => data.verdicts[id] || NOT_RUN;
  const show_any = verdict => verdict === NOT_RUN ? make("span", {class: "quiet"}, NOT_RUN) : show_verdict(verdict);
  const place = clause => "clause-" + clause.id;
  const link = clause => make("a", {href: "#" + place(clause)}, clause.id);
  const rows = []; // {element, text, verdict}

  const add_row = (body, verdict, text, attributes, ...cells) => {
    const element = make("tr", attributes, ...cells);
    rows.push({element, verdict, text: text.join("\n").toLowerCase()});
    body.append(element);
  };

  const add_table = (parent, name, heads) => {
    const body = make("tbody", {});
    parent.append(make("div", {class: "scroll", role: "group", tabindex: "0", "aria-label": name},
      make("table", {}, head_row(heads), body)));
    return body;
  };

  /* ---- the reference ---- */

  const show_proof = clause => make("li", {}, link(clause), " ", show_any(clause.verdict || NOT_RUN),
    ` ${clause.cases.length} cases` + (clause.killed_by.length ? `; killed by ${clause.killed_by.join(", ")}` : ""));

  const FEW = 5;

  const show_proofs = about => {
    const list = make("ul", {}, ...about.map(show_proof));
    return about.length > FEW ? make("details", {}, make("summary", {}, `${about.length} clauses`), list) : list;
  };

  const show_atom = (body, atom) => {
    const about = atom.clauses.map(id => clauses.get(id));
    const verdicts = about.map(clause => clause.verdict);
    const verdict = WORST_FIRST.find(v => verdicts.includes(v)) || NOT_RUN;
    add_row(body, verdict, [atom.key, atom.text, ...about.flatMap(c => [c.id, ...c.cases, ...c.killed_by])], {},
      make("th", {scope: "row"}, String(atom.line)), make("td", {class: "short"}, atom.kind),
      make("td", {class: "text"}, atom.text),
      make("td", {class: "text"}, about.length ? show_proofs(about) : "no clause"),
      make("td", {class: "short"}, show_any(verdict)));
  };

  const show_reference = () => {
    const parent = document.getElementById("reference");
    if (!data.atoms.length) parent.append(make("p", {}, "No reference was at hand: --reference names one."));
    for (const [document_name, atoms] of groups(data.atoms, atom => atom.document)) {
      parent.append(make("h3", {}, document_name));
      for (const [call, members] of groups(atoms, atom => atom.call || "of no single call")) {
        const section = make("section", {}, make("h4", {}, call));
        const body = add_table(section, `${document_name}, ${call}`, ["Line", "Kind", "What it says", "Clauses", "Verdict"]);
        for (const atom of members) show_atom(body, atom);
        parent.append(section);
      }
    }
  };

  /* ---- the clauses ---- */

  const show_cases = ids => make("details", {}, make("summary", {}, `${ids.length} cases`),
    make("ul", {}, ...ids.map(id => make("li", {}, show_any(verdict_of(id)), " ", id))));

  const show_clause = (body, clause) => add_row(body, clause.verdict || NOT_RUN,
    [clause.id, clause.says, ...clause.cases, ...clause.killed_by], {id: place(clause), tabindex: "-1"},
    make("th", {scope: "row", class: "id"}, clause.id), make("td", {class: "text"}, `${clause.level}: ${clause.says}`),
    make("td", {class: "text"}, show_cases(clause.cases)), make("td", {class: "short"}, show_any(clause.verdict || NOT_RUN)),
    make("td", {class: "text"}, clause.killed_by.join(", ") || "not known"));

  const show_clauses = () => {
    const parent = document.getElementById("clauses");
    for (const [from, members] of groups(data.clauses, clause => `${clause.from.document}: ${clause.from.heading}`)) {
      const section = make("section", {}, make("h3", {}, from));
      const body = add_table(section, "Clauses of " + from, ["Clause", "Sentence", "Cases", "Verdict", "Killed by"]);
      for (const clause of members) show_clause(body, clause);
      parent.append(section);
    }
  };

  /* ---- what is to be acted on ---- */

  const fill = (name, items) => {
    const list = document.getElementById(name);
    list.append(...items);
    list.closest("section").hidden = items.length === 0;
  };

  const show_failures = () => fill("failed", data.clauses.flatMap(clause => clause.cases
    .filter(id => ["fail", "error"].includes(verdict_of(id)))
    .map(id => make("li", {}, show_any(verdict_of(id)), ` ${id}: `, link(clause)))));

  const show_facts = () => {
    const told = {...data.totals, ...(data.run || {})};
    for (const [name, value] of Object.entries(told))
      document.getElementById("facts").append(make("dt", {}, name), make("dd", {}, String(value)));
  };

  /* ---- finding ---- */

  const text = document.getElementById("filter-text");
  const verdict = document.getElementById("filter-verdict");

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const found = (!verdict.value || row.verdict === verdict.value) && words.every(word => row.text.includes(word));
      row.element.hidden = !found;
      count += found;
    }
    for (const section of document.querySelectorAll("main section section"))
      section.hidden = !section.querySelector("tbody tr:not([hidden])");
    document.getElementById("shown").textContent = `${count} of ${rows.length} rows`;
  };

  /* A link leads to a row whether or not the filters have left it. */
  const follow = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row || row.localName !== "tr") return;
    if (row.hidden) {
      form.reset();
      filter();
    }
    row.scrollIntoView();
    row.focus();
  };

  const form = document.getElementById("filters");
  filter_by(form, filter);
  window.addEventListener("hashchange", follow);

  show_facts();
  show_failures();
  fill("openings", data.open.map(opening => make("li", {}, `${opening.where}: ${opening.text}`)));
  show_reference();
  show_clauses();
  verdict.append(...[...new Set(rows.map(row => row.verdict))].sort().map(v => make("option", {value: v}, v)));
  filter();
  follow();
})();
