/* The cases of the report, out of the data in the page. Nothing here asks anything of a network. */
(() => {
  const PAGE = 200; // cases that are put into the page at once
  const data = JSON.parse(document.getElementById("data").textContent);
  const VERDICTS = data.verdicts;

  const make_svg = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const milliseconds = ms => (ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(0) : (ms / 1000).toFixed(2) + " s").replace(
    /^[\d.]+$/, "$& ms");

  /* A row of data.cases as an object. */
  const cases = data.cases.map(([verdict, clause, id, name, line, ms, reason, tags], index) => {
    const [clause_id, api, section, level, says, from, file, call, status] = data.clauses[clause];
    return {index, verdict: VERDICTS[verdict], clause: clause_id, id: id === null ? clause_id : id, name, line, ms,
      reason: reason === null ? null : data.reasons[reason], tags: tags.map(t => data.tags[t]), api, section, level, says,
      from, file, call, status};
  });
  for (const one of cases) one.text = [one.id, one.name, one.says, one.clause].join("\n").toLowerCase();

  /* ---- one case ---- */

  const LETTER = /[\p{L}\p{N}_]/u;

  /* What differs, between the words that both begin and end with. */
  const difference = (expected, actual) => {
    let start = 0;
    let end = 0;
    const most = Math.min(expected.length, actual.length);
    while (start < most && expected[start] === actual[start]) start++;
    while (end < most - start && expected[expected.length - 1 - end] === actual[actual.length - 1 - end]) end++;
    while (start > 0 && LETTER.test(expected[start - 1])) start--;
    while (end > 0 && LETTER.test(expected[expected.length - end])) end--;
    const line = (text, mark) => make("pre", {}, text.slice(0, start),
      make(mark, {}, text.slice(start, text.length - end)), text.slice(text.length - end));
    return make("div", {}, make("span", {class: "quiet"}, "expected"), line(expected, "del"),
      make("span", {class: "quiet"}, "actual"), line(actual, "ins"));
  };

  const hexadecimal = base64 => {
    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
    const lines = [];
    for (let i = 0; i < bytes.length; i += 16) {
      const piece = [...bytes.slice(i, i + 16)];
      const hex = piece.map(b => b.toString(16).padStart(2, "0")).join(" ").padEnd(48);
      lines.push(i.toString(16).padStart(8, "0") + "  " + hex + " " +
        piece.map(b => b > 31 && b < 127 ? String.fromCharCode(b) : ".").join(""));
    }
    return lines.join("\n");
  };

  const show_body = body => {
    if (!body) return [];
    const about = `${body.length} bytes, md5 ${body.md5}` + (body.generated ? `, made as ${body.generated}` : "") +
      (body.cut ? "; the beginning:" : "");
    const text = "text" in body ? body.text : hexadecimal(body.base64);
    return [make("p", {class: "quiet"}, about), ...(text ? [make("pre", {}, text)] : [])];
  };

  const show_message = (title, first, message) => [make("h4", {}, title),
    make("pre", {}, [first, ...message.headers.map(([name, value]) => `${name}: ${value}`)].join("\n")),
    ...show_body(message.body)];

  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", {});
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
  };

  const show_curl = command => {
    const button = make("button", {type: "button", class: "copy"}, "Copy the command");
    button.addEventListener("click", () => copy(command, button));
    return [make("pre", {class: "curl"}, command), button];
  };

  const show_exchange = (exchange, number) => make("div", {class: "exchange"},
    make("h3", {}, `Exchange ${number + 1}: ${exchange.purpose}, as ${exchange.identity}, ${milliseconds(exchange.ms)}`),
    ...(exchange.error ? [make("p", {class: "verdict-error"}, exchange.error)] : []),
    ...show_message("Request", `${exchange.method} ${exchange.url}`, exchange.request),
    ...(exchange.status ? show_message("Answer", `status ${exchange.status}`, exchange.response) : []),
    ...show_curl(exchange.curl));

  const show_details = one => {
    const evidence = data.evidence[one.index];
    const body = make("div", {}, make("p", {}, make("strong", {}, one.level), ": " + one.says),
      make("p", {class: "quiet"}, `${one.clause}, from ${one.from}; case in ${one.file}, line ${one.line}` +
        (one.tags.length ? `; tags: ${one.tags.join(", ")}` : "")));
    if (one.reason) body.append(make("p", {}, one.reason));
    if (!evidence) {
      if (one.verdict === "fail" || one.verdict === "error")
        body.append(make("p", {class: "quiet"}, "Its exchanges are too many for this page: the log has them."));
      return body;
    }
    for (const finding of evidence.findings)
      body.append(make("h3", {}, finding.clause + (finding.exchange === null ? "" : `, exchange ${finding.exchange + 1}`)),
        difference(finding.expected, finding.actual));
    for (const note of evidence.notes) body.append(make("p", {}, "Note: " + note));
    body.append(...evidence.exchanges.map(show_exchange));
    return body;
  };

  const show_case = one => {
    const element = make("details", {class: "case", id: "case-" + one.index},
      make("summary", {}, show_verdict(one.verdict), make("span", {class: "id"}, one.id),
        make("span", {class: "time"}, milliseconds(one.ms))));
    element.addEventListener("toggle", () => {
      if (element.open && element.children.length === 1) element.append(show_details(one));
    });
    return element;
  };

  /* ---- filters ---- */

  const list = document.getElementById("list");
  const more = document.getElementById("more");
  const fields = Object.fromEntries(["text", "api", "level", "tag"].map(n => [n, document.getElementById("filter-" + n)]));
  let found = cases;

  const fill = (field, values) => field.append(...[...new Set(values)].sort().map(v => make("option", {value: v}, v)));
  fill(fields.api, cases.map(one => one.api));
  fill(fields.level, cases.map(one => one.level));
  fill(fields.tag, data.tags);
  for (const verdict of VERDICTS) {
    const box = make("input", {type: "checkbox", name: "verdict", value: verdict, checked: ""});
    document.getElementById("filter-verdicts").append(make("label", {}, box, " ", show_verdict(verdict)));
  }
  const boxes = [...document.querySelectorAll("#filter-verdicts input")];

  const show_more = count => {
    const begin = list.children.length;
    list.append(...found.slice(begin, begin + count).map(show_case));
    more.hidden = list.children.length >= found.length;
  };

  const ORDER = ["fail", "error"]; // what is to be acted on comes first
  const rank = one => (ORDER.indexOf(one.verdict) + 1) || ORDER.length + 1;

  const filter = () => {
    const verdicts = new Set(boxes.filter(box => box.checked).map(box => box.value));
    const words = fields.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = cases.filter(one => verdicts.has(one.verdict) && (!fields.api.value || one.api === fields.api.value) &&
      (!fields.level.value || one.level === fields.level.value) &&
      (!fields.tag.value || one.tags.includes(fields.tag.value)) && words.every(word => one.text.includes(word)));
    found.sort((a, b) => rank(a) - rank(b) || a.index - b.index);
    document.getElementById("shown").textContent = `${found.length} of ${cases.length} cases`;
    list.replaceChildren();
    show_more(PAGE);
  };

  const form = document.getElementById("filters");
  filter_by(form, filter);
  more.addEventListener("click", () => {
    const first = list.children.length;
    show_more(PAGE);
    list.children[first].querySelector("summary").focus();
  });
  if ("IntersectionObserver" in window)
    new IntersectionObserver(entries => entries[0].isIntersecting && !more.hidden && show_more(PAGE)).observe(more);
  /* On paper nothing can be opened. */
  window.addEventListener("beforeprint", () => {
    for (const element of list.children)
      if (element.querySelector(".verdict-fail, .verdict-error")) element.open = true;
  });

  /* ---- tables ---- */

  const show_sections = () => {
    const table = document.getElementById("sections");
    const body = make("tbody", {});
    for (const [name, members] of groups(cases, one => one.api + ": " + one.section))
      body.append(make("tr", {}, make("th", {scope: "row"}, name),
        ...VERDICTS.map(v => make("td", {}, String(members.filter(one => one.verdict === v).length)))));
    table.append(head_row(["Section", ...VERDICTS]), body);
  };

  const worst = members => WORST_FIRST.find(v => members.some(m => m.verdict === v));

  const show_matrix = () => {
    const about = cases.filter(one => one.call && one.status);
    const statuses = [...new Set(about.map(one => one.status))].sort((a, b) => a - b);
    const body = make("tbody", {});
    for (const [call, members] of groups(about, one => one.call)) {
      const row = make("tr", {}, make("th", {scope: "row"}, call));
      for (const status of statuses) {
        const here = members.filter(one => one.status === status);
        const verdict = here.length ? worst(here) : null;
        const text = here.length ? `${MARKS[verdict]} ${here.filter(one => one.verdict === "pass").length}/${here.length}` : "";
        row.append(make("td", verdict ? {class: "verdict-" + verdict, title: verdict} : {}, text));
      }
      body.append(row);
    }
    document.getElementById("matrix").append(head_row(["Call", ...statuses.map(String)]), body);
  };

  const show_distribution = () => {
    const bars = data.timings.distribution;
    const most = Math.max(1, ...bars.map(bar => bar[1]));
    const [width, height, step] = [640, 140, 640 / Math.max(1, bars.length)];
    const picture = make_svg("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label":
      "Exchanges by duration: " + bars.map(([ms, count]) => `under ${milliseconds(ms)} ${count}`).join(", ")});
    bars.forEach(([ms, count], i) => {
      const tall = count / most * (height - 40);
      const told = make_svg("title", {}, `under ${milliseconds(ms)}: ${count}`);
      picture.append(make_svg("rect", {x: i * step + 2, y: height - 20 - tall, width: step - 4, height: tall}, told),
        make_svg("text", {x: i * step + step / 2, y: height - 24 - tall, "text-anchor": "middle"}, count ? String(count) : ""),
        make_svg("text", {x: i * step + step / 2, y: height - 6, "text-anchor": "middle"}, "<" + milliseconds(ms)));
    });
    document.getElementById("distribution").append(picture);
  };

  const show_slowest = () => {
    const body = make("tbody", {}, ...data.timings.slowest.map(([ms, method, url, index]) => make("tr", {},
      make("td", {}, milliseconds(ms)), make("td", {class: "text"}, method + " " + url),
      make("td", {class: "text"}, cases[index].id))));
    document.getElementById("slowest").append(head_row(["Time", "Request", "Case"]), body);
  };

  /* A link can say what to show: report.html#verdict=fail,error&text=upload&open. */
  const follow = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (!["verdict", "open", ...Object.keys(fields)].some(name => wanted.has(name))) return;
    for (const [name, field] of Object.entries(fields)) field.value = wanted.get(name) ?? "";
    for (const box of boxes) box.checked = !wanted.has("verdict") || wanted.get("verdict").split(",").includes(box.value);
    filter();
    if (wanted.has("open") && list.firstChild) list.firstChild.open = true;
  };
  window.addEventListener("hashchange", follow);

  filter();
  follow();
  show_sections();
  show_matrix();
  show_distribution();
  show_slowest();
})();
