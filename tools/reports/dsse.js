"use strict";
/* Envelopes by sigstore's implementation of DSSE.
 *   dsse.js verify ENVELOPE KEY    exit status 0 when the first signature is by that public key
 *   dsse.js sign ENVELOPE KEY      the payload again in an envelope of its own, signed by that private key */
const crypto = require("crypto");
const fs = require("fs");
const {envelopeFromJSON, envelopeToJSON} = require("@sigstore/bundle");

const verify = (envelope, key) => {
  const {DSSESignatureContent} = require("@sigstore/verify/dist/bundle/dsse");
  return new DSSESignatureContent(envelope).verifySignature(crypto.createPublicKey(key)) ? 0 : 1;
};

const sign = async (envelope, key) => {
  const {DSSEBundleBuilder} = require("@sigstore/sign");
  const private_key = crypto.createPrivateKey(key);
  const hash = private_key.asymmetricKeyType === "ec" ? "sha256" : null;
  const signer = {sign: async data => ({
    signature: crypto.sign(hash, data, private_key),
    key: {$case: "publicKey", publicKey: crypto.createPublicKey(key).export({type: "spki", format: "pem"}), hint: "theirs"},
  })};
  const builder = new DSSEBundleBuilder({signer, witnesses: []});
  const bundle = await builder.create({data: envelope.payload, type: envelope.payloadType});
  console.log(JSON.stringify(envelopeToJSON(bundle.content.dsseEnvelope)));
  return 0;
};

const main = async () => {
  const [action, path, key] = process.argv.slice(2);
  const envelope = envelopeFromJSON(JSON.parse(fs.readFileSync(path, "utf8")));
  process.exitCode = await {verify, sign}[action](envelope, fs.readFileSync(key, "utf8"));
};

main();
