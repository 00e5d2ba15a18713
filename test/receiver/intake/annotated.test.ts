import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeEnvelope } from '../../../src/receiver/checks/envelope.ts';
import { annotatedEnvelope, signedOf } from '../../../src/receiver/intake/annotated.ts';
import { readClaims } from '../../../src/receiver/intake/claims.ts';
import type { TektonObject } from '../../../src/receiver/intake/tekton.ts';
import { some } from '../../support/some.ts';
import { bytesOf, DOCUMENTS_OF_TOOLS, RECEIVED } from '../../verify/interop/catalogue.ts';

const test = suite('annotations of Tekton Chains');
const UID = '5b2c6a0e-8f0e-4f2e-9c39-0c8f5f0d7a11';
const SIGNED = 'chains.tekton.dev/signed';

/** A TaskRun as Chains has left it, with these annotations instead of its own. */
function taskRun(file: string, more: Readonly<Record<string, string>> = { [SIGNED]: 'true' }): TektonObject {
  const { metadata, ...object } = JSON.parse(bytesOf(documentOf(file)).toString()) as TektonObject;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } } };
}
const documentOf = (file: string) => some(DOCUMENTS_OF_TOOLS.find((each) => each.file === file));

for (const file of ['chains-in-toto.json', 'chains-v2alpha3.json', 'chains-fulcio.json'])
  test(`${file} comes out as an envelope that whoever signed it still counts for`, () => {
    const { trust, received = RECEIVED } = documentOf(file);
    const bytes = some(annotatedEnvelope(taskRun(file)));
    const verdict = judgeEnvelope({ bytes, trust: trust(), now: new Date(received) });
    assert.ok(verdict.verified, JSON.stringify(verdict));
    const reading = readClaims(bytes);
    assert.ok(reading.ok);
    assert.is(reading.claims.isOfChains, true);
  });

test('there is none before Chains is at an end with it, or where it failed', () => {
  const file = 'chains-v2alpha3.json';
  assert.equal([signedOf(taskRun(file, {})), annotatedEnvelope(taskRun(file, {}))], [undefined, undefined]);
  const failed = taskRun(file, { [SIGNED]: 'failed' });
  assert.equal([signedOf(failed), annotatedEnvelope(failed)], ['failed', undefined]);
});

test('annotations that were copied from another object are not its own', () => {
  const copied = taskRun('chains-v2alpha3.json');
  const other = { ...copied, metadata: { ...copied.metadata, uid: crypto.randomUUID() } };
  assert.is(annotatedEnvelope(other), undefined);
  assert.is(annotatedEnvelope({ ...copied, kind: 'PipelineRun' }), undefined);
});

test('what can not be read is none', () => {
  const at = (name: string): string => `chains.tekton.dev/${name}-taskrun-${UID}`;
  const text = (value: string): string => Buffer.from(value).toString('base64');
  for (const more of [
    { [at('signature')]: 'no base64!' },
    { [at('cert')]: text('PEM'), [at('signature')]: text('[') },
    { [at('cert')]: text('PEM'), [at('signature')]: text('{"signatures": [{"sig": "a"}, {"sig": "b"}]}') },
    { [at('cert')]: text('PEM'), [at('signature')]: text('{"signatures": {}}') },
  ])
    assert.is(annotatedEnvelope(taskRun('chains-v2alpha3.json', { [SIGNED]: 'true', ...more })), undefined);
});

test.run();
