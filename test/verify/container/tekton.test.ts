import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { STATEMENT } from '../fixtures.ts';
import { base64, DER, edited, envelope, PEM, read, refused } from './samples.ts';

const test = suite('containers: annotations of Tekton Chains');
const ID = 'taskrun-f96d34f5-b711-4378-8200-9c0b67265922';
const key = (name: string, id = ID): string => `chains.tekton.dev/${name}-${id}`;
const KEYID = 'SHA256:caEJWYJSxy1SVF2KObm5Rr3Yt6xIb4T2w56FHtCg8WI';
const SIGNED = { ...envelope, signatures: [{ keyid: KEYID, sig: envelope.signatures[0]?.sig }] };

/** As `pkg/chains/storage/tekton` of Chains 0.29 writes them: all in base64, and empty for what there isn't. */
const KEYED = {
  [key('cert')]: '',
  [key('chain')]: '',
  [key('payload')]: base64(STATEMENT),
  [key('signature')]: base64(JSON.stringify(SIGNED)),
  'chains.tekton.dev/signed': 'true',
  'chains.tekton.dev/transparency': 'https://rekor.sigstore.dev/api/v1/log/entries?logIndex=1',
  'pipeline.tekton.dev/release': 'e38d112',
};
const KEYLESS = { ...KEYED, [key('cert')]: base64(PEM[0]), [key('chain')]: base64(PEM[1] + PEM[2]) };
const IMAGE = '05f95b26ed10';
/** A signature over simple signing JSON, which Chains keeps of an image. */
const OF_IMAGE = {
  [key('payload', IMAGE)]: base64('{"critical":{}}'),
  [key('signature', IMAGE)]: base64(Buffer.from('30450221', 'hex')),
};

const runWith = (annotations: object): object => ({
  apiVersion: 'tekton.dev/v1',
  kind: 'TaskRun',
  metadata: { name: 'build', namespace: 'shop', uid: ID.slice(8), labels: { app: 'a', App: 'b' }, annotations },
  spec: {},
  status: { conditions: [{ type: 'Succeeded', status: 'True' }] },
});

test('a run signed with a key, whole or its annotations alone', () => {
  for (const [document, where] of [
    [runWith(KEYED), `/metadata/annotations/chains.tekton.dev~1signature-${ID}`],
    [{ metadata: { annotations: KEYED } }, `/metadata/annotations/chains.tekton.dev~1signature-${ID}`],
    [KEYED, `/chains.tekton.dev~1signature-${ID}`],
  ] as const) {
    const [content, ...others] = read(document);
    assert.is(others.length, 0);
    assert.is(content.form, 'tekton-chains');
    assert.is(content.at, where);
    assert.equal(content.payload, STATEMENT);
    assert.is(content.signatures[0].keyid, KEYID);
    assert.is(content.signatures[0].certificate, undefined);
  }
});

test('a run signed without a key: certificate and chain', () => {
  const [signature] = read(runWith(KEYLESS))[0].signatures;
  assert.equal([signature.certificate, ...signature.intermediates], DER);
});

test('several attestations, and a bare signature of an image beside them', () => {
  const pipeline = { [key('signature', 'pipelinerun-1')]: KEYED[key('signature')] };
  const contents = read(runWith({ ...OF_IMAGE, ...KEYED, ...pipeline }));
  assert.equal(
    contents.map(({ at: where }) => where.replace(/.*signature-/, '')),
    [ID, 'pipelinerun-1'],
  );
  assert.match(refused(runWith(OF_IMAGE)), /a DSSE envelope in .* \| bare signatures/);
});

test('attack: a payload beside the envelope that is another one', () => {
  const other = base64('{"evil":true}');
  assert.match(
    refused(runWith({ ...KEYED, [key('payload')]: other })),
    /the payload of the envelope.*~1payload-taskrun/,
  );
  refused(runWith({ ...KEYED, [key('payload')]: base64(base64(STATEMENT)) }));
  assert.is(read(edited(KEYED, `/${key('payload').replaceAll('/', '~1')}`, undefined)).length, 1);
});

test('attack: a certificate of which nobody could say whose it is', () => {
  const two = { ...SIGNED, signatures: [...SIGNED.signatures, { sig: 'AAAA' }] };
  assert.match(refused(runWith({ ...KEYLESS, [key('signature')]: base64(JSON.stringify(two)) })), /one signature/);
  const inner = { ...SIGNED, signatures: [{ ...SIGNED.signatures[0], certificate: base64(PEM[0]) }] };
  refused(runWith({ ...KEYLESS, [key('signature')]: base64(JSON.stringify(inner)) }));
  assert.match(refused(runWith({ ...KEYLESS, [key('cert')]: '' })), /the chain alone/);
  refused(runWith({ ...KEYLESS, [key('cert')]: base64(PEM[0] + PEM[1]) }));
  refused(runWith({ ...KEYLESS, [key('cert')]: PEM[0] }));
  refused(runWith({ ...KEYLESS, [key('chain')]: base64(PEM[0].repeat(10)) }));
  assert.is(
    read(runWith({ ...KEYED, [key('cert', 'other')]: base64(PEM[0]) }))[0].signatures[0].certificate,
    undefined,
  );
});

test('attack: an envelope that is damaged, or that readers would read differently', () => {
  const signed = (text: string) => runWith({ ...KEYED, [key('signature')]: base64(text) });
  refused(signed('{'), 'json-malformed');
  assert.match(
    refused(signed('{"payload":"e30=","payload":"e30="}'), 'json-duplicate-key'),
    /chains\.tekton\.dev~1sig/,
  );
  refused(signed(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`), 'json-too-deep');
  refused(signed('{}'));
  refused(signed(`\n ${JSON.stringify({ ...SIGNED, payload: 'e30 ' })}`));
  for (const value of [null, '', 7, {}, 'a', `${KEYED[key('signature')]}\n`])
    refused(runWith({ ...KEYED, [key('signature')]: value }));
  for (const value of [7, {}, 'a b']) refused(runWith({ ...KEYED, [key('payload')]: value }));
});

test('attack: a run that is also something else, or has too much', () => {
  assert.match(refused({ ...runWith(KEYED), ...KEYED }), /can be both/);
  assert.match(refused({ ...runWith(KEYED), ...envelope }), /read as both a DSSE envelope and annotations/);
  const many = Object.fromEntries(
    Array.from({ length: 101 }, (_, n) => [key('signature', `${n}`), KEYED[key('signature')]]),
  );
  assert.match(refused(runWith(many)), /at most 100 signatures \| 101/);
  refused(runWith({}));
  refused({ metadata: { annotations: [KEYED] } });
  refused(JSON.stringify({ metadata: {} }).replace('{}', `{"__proto__":{"annotations":${JSON.stringify(KEYED)}}}`));
});

test.run();
