"use strict";
/* matrix_in_browser.js CHROMIUM PAGE SCREENSHOT: the page of the ledger, of a run with a failure, as somebody with a
 * browser has it. */
const {chromium} = require("playwright-core");

const [executablePath, file, screenshot] = process.argv.slice(2);
const WAIT_MS = 120000; // how long the machine may take for anything
const PHONE_PX = 400;
const problems = [];
const expect = (holds, text) => {
  if (!holds) problems.push(text);
};
const rows = page => page.locator("tbody tr:visible").count();

const CHECKS = {
  "opens without asking for anything": async (page, seen) => {
    expect(await page.locator("#reference tbody tr").count() > 0, "there is no atom");
    expect(await page.locator("#clauses tbody tr").count() > 0, "there is no clause");
    expect(seen.requests.every(url => url.startsWith("file:")), `it asks for ${seen.requests}`);
    expect(seen.errors.length === 0, `errors: ${seen.errors}`);
  },
  "leads from a failed case to its sentence": async page => {
    await page.click("#failed a >> nth=0");
    const row = page.locator("tr:focus");
    await row.waitFor();
    expect(/fail/.test(await row.textContent()), `it leads to ${await row.textContent()}`);
    expect(await row.evaluate(element => element.getBoundingClientRect().top < innerHeight), "the sentence is not in sight");
  },
  "searches": async page => {
    const all = await rows(page);
    await page.fill("#filter-text", "image-data.upload.answers-415");
    await page.waitForFunction(() => /^[1-9]\d? of /.test(document.getElementById("shown").textContent));
    expect(await rows(page) < all, "searching leaves every row");
    await page.fill("#filter-text", "no such text anywhere");
    await page.waitForFunction(() => document.getElementById("shown").textContent.startsWith("0 of "));
    await page.click("button[type=reset]");
    await page.waitForFunction(() => !document.getElementById("shown").textContent.startsWith("0 of "));
    expect(await rows(page) === all, "the rows do not come back");
  },
  "filters by verdict": async page => {
    await page.selectOption("#filter-verdict", "fail");
    await page.waitForFunction(() => !document.querySelector("tbody tr:not([hidden]) .verdict-pass:only-child"));
    expect(await rows(page) > 0, "no row failed");
    await page.click("button[type=reset]");
  },
  "works by keyboard": async page => {
    await page.focus("#failed a >> nth=0");
    await page.keyboard.press("Enter");
    await page.locator("tr:focus").waitFor();
    await page.focus("tr:focus summary");
    await page.keyboard.press("Enter");
    await page.waitForSelector("details[open] li");
  },
  "finds a row that the filters hid": async page => {
    await page.fill("#filter-text", "no such text anywhere");
    await page.waitForFunction(() => document.getElementById("shown").textContent.startsWith("0 of "));
    await page.click("#failed a >> nth=0");
    await page.locator("tr:focus").waitFor();
  },
  "names everything for a screen reader": async page => {
    const nameless = await page.$$eval("input, select, button", fields => fields.filter(field =>
      !field.textContent.trim() && !(field.labels && field.labels.length)).length);
    expect(nameless === 0, `${nameless} fields have no name`);
  },
  "fits a phone": async page => {
    await page.setViewportSize({width: PHONE_PX, height: 800});
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width <= PHONE_PX, `it is ${width} pixels wide`);
    await page.screenshot({path: screenshot});
  },
};

const main = async () => {
  const browser = await chromium.launch({executablePath, args: ["--no-sandbox", "--disable-gpu"]});
  const page = await browser.newPage();
  const seen = {requests: [], errors: []};
  page.setDefaultTimeout(WAIT_MS);
  page.on("request", request => seen.requests.push(request.url()));
  page.on("pageerror", error => seen.errors.push(String(error)));
  for (const [name, check] of Object.entries(CHECKS)) {
    const before = problems.length;
    await page.goto("about:blank");
    await page.goto(`file://${file}`);
    await check(page, seen).catch(error => problems.push(String(error)));
    for (let i = before; i < problems.length; i++) problems[i] = `${name}: ${problems[i]}`;
  }
  await browser.close();
  console.log(problems.join("\n") || `${Object.keys(CHECKS).length} checks passed`);
  process.exitCode = problems.length ? 1 : 0;
};

main();
