import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LIMITS } from '../../../src/verify/container/limits.ts';
import { base64, envelope, read, refused } from './samples.ts';

const test = suite('containers: what is none, and what is too much');
const DSSE = JSON.stringify(envelope);

test('attack: nothing, no JSON, no UTF-8, and JSON that is no container', () => {
  refused(new Uint8Array(), 'json-malformed');
  refused('\n\n \n', 'json-malformed');
  refused('{', 'json-malformed');
  refused(Buffer.from([0xff, 0xfe]), 'json-malformed');
  refused(`\ufeff${DSSE}`, 'json-malformed');
  refused(`${DSSE.slice(0, -1)},}`, 'json-malformed');
  for (const text of ['null', 'true', '7', '"x"', '[]', '{}', `[${DSSE}]`, '[null]', '{"a":{}}']) {
    assert.match(refused(text), /^a Sigstore bundle or a DSSE envelope/);
  }
});

test('of a document of no known form it is told what it is instead', () => {
  assert.match(refused('[]'), /\| no object$/);
  assert.match(refused('{}'), /\| an empty object$/);
  assert.match(refused('{"version":1,"envelope":{}}'), /\| an object with version, envelope$/);
  assert.match(refused(JSON.stringify({ ['x'.repeat(10_000)]: 1 })), /\| an object with x{50}/);
});

test('attack: depth and numbers of values', () => {
  const deep = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times);
  refused(deep('[', ']', 100_000), 'json-too-deep');
  refused(deep('{"payload":', '}', 100_000).replace('}', '1}'), 'json-too-deep');
  refused(DSSE.replace('{', `{"x":${deep('[', ']', LIMITS.depth)},`), 'json-too-deep');
  assert.is(read(DSSE.replace('{', `{"x":${deep('[', ']', LIMITS.depth - 1)},`)).length, 1);
  refused(DSSE.replace('{', `{"x":[${'{},'.repeat(LIMITS.values)}{}],`), 'json-too-many-values');
  refused(`{"signatures":[${'{"sig":"AAAA"},'.repeat(100_000)}{}],"payload":"e30=","payloadType":"x"}`);
  const keys = Array.from({ length: 140_000 }, (_, n) => `"k${n}":0`).join(',');
  refused(`{${keys}}`, 'json-too-many-values');
});

test('attack: more bytes than the receiver takes, and texts that are huge', () => {
  const huge = Buffer.alloc(LIMITS.bytes + 1, ' ');
  assert.match(refused(huge), /at most 8388608 bytes \| 8388609/);
  const payload = Buffer.alloc(5 << 20, 7);
  assert.equal(read({ ...envelope, payload: base64(payload) })[0].payload, payload);
  const long = 'x'.repeat(1 << 20);
  refused({ ...envelope, payloadType: long });
  refused({ ...envelope, payload: long.slice(1) });
  refused({ ...envelope, [long]: 1, [long.toUpperCase()]: 1 });
  refused({ ...envelope, signatures: [{ sig: 'AAAA', cert: ' '.repeat(1 << 20) }] });
  refused({ ...envelope, signatures: [{ sig: 'AAAA', cert: '-----BEGIN CERTIFICATE-----\n'.repeat(1 << 15) }] });
  refused({ ...envelope, signatures: [{ sig: 'AAAA', cert: `-----BEGIN CERTIFICATE-----\n${'\n'.repeat(1 << 20)}` }] });
});

test('attack: objects of many members', () => {
  const extra = Object.fromEntries(Array.from({ length: LIMITS.members }, (_, n) => [`k${n}`, n]));
  assert.match(refused({ ...envelope, ...extra }), /at most 64 members \| 67/);
  assert.match(refused({ ...envelope, signatures: [{ sig: 'AAAA', ...extra }] }), /at most 64 members \| 65 \(\/sig/);
});

test('attack: members by which objects of JavaScript could be mistaken', () => {
  const hidden = `{"__proto__":${DSSE}}`;
  assert.match(refused(hidden), /^a Sigstore bundle or a DSSE envelope/);
  refused(`{"constructor":{"prototype":${DSSE}}}`);
  const content = DSSE.replace(
    '{',
    '{"__proto__":{"payload":"e30="},"constructor":1,"toString":{},"hasOwnProperty":null,',
  );
  assert.equal(read(content), read(DSSE));
  const inner = DSSE.replace('"sig":', '"__proto__":{"cert":"x"},"sig":');
  assert.is(read(inner)[0].form, 'dsse');
  refused(DSSE.replace('"payload":', '"payload\\u0000":'));
  assert.is(({} as { payload?: unknown }).payload, undefined);
});

test('attack: one object in two forms', () => {
  const marks = {
    'a Sigstore bundle': { dsseEnvelope: envelope },
    'a DSSE envelope': { ...envelope },
    'a layer of cosign': { digest: 'sha256:00' },
    'annotations of Tekton Chains': { 'chains.tekton.dev/signature-x': 'e30=' },
    'an answer of a registry': { attestations: [] },
  };
  for (const [name, mark] of Object.entries(marks)) {
    for (const [other, second] of Object.entries(marks)) {
      if (name === other) continue;
      const said = refused({ ...mark, ...second });
      assert.ok(said.includes('read as both') && said.includes(name) && said.includes(other), said);
    }
  }
});

test.run();
