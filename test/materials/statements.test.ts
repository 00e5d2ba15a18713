import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asRecord, type UnknownRecord } from '../../src/api/record.ts';
import { readSample } from './document-samples.ts';
import { facts, finding } from './inspect.ts';

const test = suite('signed statements and evidence of Chainloop');

interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly unknown[];
}

const DSSE = JSON.parse(readSample('slsa-v0.2-cosign.dsse.json').toString()) as Envelope;
const BUNDLE = JSON.parse(readSample('slsa-v1-cosign.sigstore.json').toString()) as { readonly dsseEnvelope: Envelope };
const statementIn = ({ payload }: Envelope) => JSON.parse(Buffer.from(payload, 'base64').toString()) as UnknownRecord;

/** The envelope with a changed statement; its signature is for another one, which isn't looked at. */
const around = (statement: object | string, envelope: Envelope = DSSE): string => {
  const text = typeof statement === 'string' ? statement : JSON.stringify(statement);
  return JSON.stringify({ ...envelope, payload: Buffer.from(text).toString('base64') });
};
const V1 = statementIn(BUNDLE.dsseEnvelope);
const V02 = statementIn(DSSE);
const predicate = (statement: UnknownRecord) => asRecord(statement.predicate) ?? {};
const withPredicate = (statement: UnknownRecord, more: object) =>
  around({ ...statement, predicate: { ...predicate(statement), ...more } });

test('provenance of either version, and what is wrong with its place', () => {
  const { buildDefinition, runDetails } = predicate(V1);
  const refused = (document: string) => finding('SLSA_PROVENANCE', document);
  facts('SLSA_PROVENANCE', around(V1));
  const builder = { id: 'no address' };
  assert.match(
    refused(withPredicate(V1, { runDetails: { ...asRecord(runDetails), builder } })),
    /^\/payload\/predicate\/runDetails\/builder\/id: must match pattern/,
  );
  const externalParameters = null;
  assert.match(
    refused(withPredicate(V1, { buildDefinition: { ...asRecord(buildDefinition), externalParameters } })),
    /^\/payload\/predicate\/buildDefinition\/externalParameters: must be object/,
  );
  assert.match(refused(withPredicate(V1, { runDetails: undefined })), /^\/payload\/predicate: .*'runDetails'/);
  assert.match(refused(withPredicate(V02, { buildType: undefined })), /^\/payload\/predicate: .*'buildType'/);
  assert.match(refused(withPredicate(V02, { materials: [1] })), /^\/payload\/predicate\/materials/);
  assert.match(
    refused(withPredicate(V02, { metadata: { buildStartedOn: 'yesterday' } })),
    /^\/payload\/predicate\/metadata\/buildStartedOn/,
  );
  facts('SLSA_PROVENANCE', withPredicate(V02, { metadata: null, materials: null }));
});

test('provenance: another version, and another predicate', () => {
  for (const predicateType of ['https://slsa.dev/provenance/v0.1', 'https://slsa.dev/provenance/v1.0', 'v1']) {
    const said = finding('SLSA_PROVENANCE', around({ ...V1, predicateType }));
    assert.match(said, /^\/payload\/predicateType: must be .*\/v1 or .*\/v0\.2, not/);
  }
  assert.match(finding('SLSA_PROVENANCE', JSON.stringify(V1)), /expected a Sigstore bundle or a DSSE envelope/);
  assert.match(finding('SLSA_PROVENANCE', around(V1, { ...DSSE, payloadType: 'text/plain' })), /payload type/);
});

test('statements on lines of their own, as generators write them', () => {
  const { annotations, mediaType } = facts('SLSA_PROVENANCE', `${around(V1)}\n${around(V02)}\n`);
  assert.is(annotations['chainloop.material.slsa.builder_id'], 'https://shop.example/builder');
  assert.is(
    annotations['chainloop.material.slsa.build_type'],
    'https://shop.example/build/v1,https://shop.example/build/v0',
  );
  assert.is(mediaType, undefined);
  const other = around({ ...V1, predicateType: 'https://example.com/other' });
  assert.match(finding('SLSA_PROVENANCE', `${around(V1)}\n${other}\n`), /predicateType/);
});

test('an attestation of any predicate, as long as it is a signed statement', () => {
  const { annotations } = facts('ATTESTATION', around({ ...V1, predicateType: 'https://example.com/p' }));
  assert.is(annotations['chainloop.material.attestation.predicate_type'], 'https://example.com/p');
  assert.match(finding('ATTESTATION', around({ ...V1, _type: 'https://in-toto.io/Statement/v2' })), /_type/);
  assert.match(finding('ATTESTATION', around({ ...V1, subject: [] })), /at least one subject/);
  assert.match(finding('ATTESTATION', around('{"a":1,"a":2}')), /twice/);
  assert.match(finding('ATTESTATION', JSON.stringify({ ...DSSE, signatures: [] })), /at least one signature/);
  assert.match(finding('ATTESTATION', around(`{"a":${'['.repeat(100_000)}`)), /nested/);
  const layer = { digest: `sha256:${'0'.repeat(64)}`, data: Buffer.from(around(V1)).toString('base64') };
  assert.ok(finding('ATTESTATION', JSON.stringify(layer)).length > 0);
});

test('evidence of Chainloop: its type, its data, and nothing that its schema does not know', () => {
  const sample = (file: string) => JSON.parse(readSample(file).toString()) as UnknownRecord;
  const info = sample('pr-info-written.json');
  const refused = (change: object) =>
    finding('CHAINLOOP_PR_INFO', JSON.stringify({ ...info, data: { ...asRecord(info.data), ...change } }));
  facts('CHAINLOOP_PR_INFO', JSON.stringify({ data: { ...asRecord(info.data), author: 'ada' } }));
  assert.match(refused({ extra: 1 }), /^\/data: .*'extra'/);
  assert.match(refused({ platform: 'other' }), /^\/data\/platform: .*github, gitlab/);
  assert.match(refused({ url: 'no address' }), /^\/data\/url/);
  assert.match(refused({ reviewers: [{ login: 'a', type: 'User' }] }), /^\/data\/reviewers\/0: .*'requested'/);
  const named = (id: unknown) =>
    finding('CHAINLOOP_PR_INFO', JSON.stringify({ ...info, 'chainloop.material.evidence.id': id }));
  assert.match(named('CHAINLOOP_AI_AGENT_CONFIG'), /evidence\.id: must be 'CHAINLOOP_PR_INFO'/);
  assert.match(named(null), /must be 'CHAINLOOP_PR_INFO', not 'null'/);
  assert.match(finding('CHAINLOOP_PR_INFO', '{"data":[]}'), /^\/data: must be an object/);
  const session = sample('ai-coding-session-written.json');
  const spec = [{ kind: 'text', digest: 'sha256:0', captured_at: 'now' }];
  assert.match(
    finding('CHAINLOOP_AI_CODING_SESSION', JSON.stringify({ ...session, data: { ...asRecord(session.data), spec } })),
    /^\/data\/spec\/0\/digest/,
  );
  const context = sample('runner-context-written.json');
  assert.match(finding('CHAINLOOP_RUNNER_CONTEXT', JSON.stringify({ ...context, meta: {} })), /^\/meta: .*'id'/);
});

test.run();
