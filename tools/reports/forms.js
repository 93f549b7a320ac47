"use strict";
/* forms.js FORM FILE...: what a reader or schema of others says of the files; exit status 1 when it complains. */
const fs = require("fs");

const tap = text => {
  const {Parser} = require("tap-parser");
  const complaints = [];
  const parser = new Parser(results => {
    if (results.plan.start !== 1 || results.plan.end !== results.count) complaints.push("the plan is not what follows");
    for (const failure of results.failures) if (failure.tapError) complaints.push(failure.tapError);
  });
  parser.on("extra", line => complaints.push(`no TAP: ${JSON.stringify(line)}`));
  parser.on("bailout", reason => complaints.push(`it ends in ${reason}`));
  parser.end(text);
  return complaints;
};

const har = text => {
  const Ajv = require("ajv");
  const schemas = require("har-schema");
  const ajv = new Ajv({strict: false, allErrors: true});
  require("ajv-formats")(ajv);
  ajv.addMetaSchema(require("ajv/dist/refs/json-schema-draft-06.json"));
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const validate = ajv.getSchema(schemas.har.$id);
  validate(JSON.parse(text));
  return (validate.errors || []).map(error => `${error.instancePath}: ${error.message}`);
};

/* Nothing is to be submitted: the filters act as they are filled in. */
const HTML_RULES = {extends: ["html-validate:standard", "html-validate:a11y"], rules: {"wcag/h32": "off"}};

const html = async text => {
  const {HtmlValidate} = require("html-validate");
  const report = await new HtmlValidate(HTML_RULES).validateString(text);
  return report.results.flatMap(result => result.messages).map(found =>
    `line ${found.line}: ${found.ruleId}: ${found.message.slice(0, 200)}`);
};

const kubernetes = text => {
  const {Job} = require("kubernetes-models/batch/v1/Job");
  try {
    new Job(require("yaml").parse(text)).validate();
    return [];
  } catch (error) {
    return [String(error)];
  }
};

const READERS = {tap, har, html, kubernetes};

const main = async () => {
  const [form, ...names] = process.argv.slice(2);
  let complained = false;
  for (const name of names) {
    for (const complaint of await READERS[form](fs.readFileSync(name, "utf8"))) {
      complained = true;
      console.log(`${name}: ${complaint}`);
    }
  }
  process.exitCode = complained ? 1 : 0;
};

main();
