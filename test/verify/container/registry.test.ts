import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { at, edited, envelope, fixture, parsed, read, refused } from './samples.ts';

const test = suite('containers: answers of registries, and JSON lines');
const NPM = parsed(fixture('npm-v0.1.json'));
const V02 = fixture('bundle-v0.2.json').toString().trim();
const V03 = JSON.stringify(parsed(fixture('bundle-v0.3.json')));
const DSSE = JSON.stringify(envelope);
const forms = (document: object | string) => read(document).map((content) => `${content.form} ${content.at}`);

test('npm: both bundles, and the type outside of them means nothing', () => {
  const expected = ['npm /attestations/0/bundle', 'npm /attestations/1/bundle'];
  assert.equal(forms(NPM), expected);
  const lying = edited(NPM, '/attestations/0/predicateType', 'https://example.com/other');
  assert.equal(read(lying), read(NPM));
});

test("GitHub's API: bundles without a type beside them", () => {
  const answer = {
    attestations: [
      { repository_id: 1, bundle_url: 'https://example.com', initiator: 'user', bundle: JSON.parse(V03) as object },
    ],
  };
  assert.equal(forms(answer), ['sigstore-bundle /attestations/0/bundle']);
});

test('attack: answers that are empty, damaged, doubled or too large', () => {
  const [first] = NPM.attestations as [object];
  for (const attestations of [
    [],
    {},
    'x',
    7,
    [null],
    [[]],
    [{}],
    [{ bundle: null }],
    [{ bundle: envelope }],
    [first, null],
  ]) {
    refused({ attestations });
  }
  refused({ attestations: null });
  assert.match(refused({ attestations: [{ bundle: null, bundle_url: 'x' }] }), /fetch it/);
  assert.match(refused({ attestations: Array(101).fill(first) }), /at most 100 elements \| 101/);
  assert.match(refused({ ...NPM, ...envelope }), /a DSSE envelope and an answer/);
  assert.match(refused(edited(NPM, '/attestations/1/Bundle', {})), /one spelling/);
  assert.match(
    refused(edited(NPM, '/attestations/1/bundle/dsseEnvelope/payload', 'e30 =')),
    /attestations\/1\/bundle\/dsseEnvelope/,
  );
  refused(edited(NPM, '/attestations/0/predicateType', 7));
  refused(Buffer.from(JSON.stringify(NPM).replace('{', '{"attestations":[],')), 'json-duplicate-key');
});

test('lines: bundles of any version and envelopes, with blank lines and of any ending', () => {
  const expected = ['sigstore-bundle line 1', 'sigstore-bundle line 3', 'dsse line 5'];
  assert.equal(forms(`${V02}\n\n${V03}\n  \t\n${DSSE}`), expected);
  assert.equal(forms(`${V02}\r\n\r\n${V03}\r\n\r\n${DSSE}\r\n\n`), expected);
  assert.equal(forms(`\n\n${DSSE}\n${DSSE}`), ['dsse line 3', 'dsse line 4']);
});

test('lines: one line, and one document over many lines, are no lines', () => {
  assert.equal(forms(`${DSSE}\n`), ['dsse ']);
  assert.equal(forms(`\n \r\n${JSON.stringify(envelope, null, 2)}\n\n`), ['dsse ']);
  assert.equal(forms(JSON.stringify(NPM, null, 1).replaceAll('\n', '\n\n\n')), forms(NPM));
});

test('lines: those of a form that is unknown are left out, unless all are', () => {
  assert.equal(forms(`{"_type":"https://in-toto.io/Statement/v1"}\n[1]\n7\n${DSSE}\n{"new":{}}`), ['dsse line 4']);
  assert.match(refused('{"a":1}\n{"b":2}\n'), /a Sigstore bundle or a DSSE envelope/);
  refused('1\n2\n');
});

test('attack: one line that is damaged, doubled, ambiguous or deep spoils all', () => {
  assert.match(refused(`${DSSE}\n{"payload":`, 'json-malformed'), /\(line 2: line 1, column/);
  refused(`${DSSE}\nnot json`, 'json-malformed');
  refused(`not json\n${DSSE}`, 'json-malformed');
  assert.match(refused(`${DSSE}\n{"a":1,"a":2}`, 'json-duplicate-key'), /\(line 2: /);
  assert.match(refused(`{"a":1,"a":2}\n${DSSE}`, 'json-duplicate-key'), /\(line 1: /);
  refused(`${DSSE}\n${'['.repeat(40)}${']'.repeat(40)}`, 'json-too-deep');
  assert.match(
    refused(`${DSSE}\n${JSON.stringify({ ...envelope, ...(JSON.parse(V03) as object) })}`),
    /read as both.*\(line 2\)/,
  );
  assert.match(refused(`${V03}\n${JSON.stringify({ ...envelope, payload: 'a' })}`), /\(line 2\/payload\)/);
  refused(`${DSSE}\n\ufeff${DSSE}`, 'json-malformed');
  refused(`${DSSE} ${DSSE}`, 'json-malformed');
  refused(`${DSSE}\n${JSON.stringify({ payloadType: 'x' })}`);
});

test('attack: too many lines, and too many attestations in few of them', () => {
  assert.is(read(`${DSSE}\n`.repeat(100)).length, 100);
  assert.match(refused(`${DSSE}\n`.repeat(101)), /at most 100 attestations \| 101/);
  assert.match(refused(`${DSSE}\n${'\n'.repeat(300)}${DSSE}`), /at most 256 lines \| more \(line 257\)/);
  const [bundle] = NPM.attestations as [object];
  const half = JSON.stringify({ attestations: Array(60).fill(bundle) });
  assert.match(refused(`${half}\n${half}`), /at most 100 attestations \| 120/);
});

test('a message of a line says the line, and of a document nothing but the pointer', () => {
  assert.is(at(NPM, '/attestations/0/bundle/dsseEnvelope/payloadType'), 'application/vnd.in-toto+json');
  assert.match(refused({ ...envelope, payload: 'a' }), /\(\/payload\)$/);
});

test.run();
