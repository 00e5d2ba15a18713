import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import type { TrustedSigner } from '../../src/api/trust.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { KubeError } from '../../src/kube/error.ts';
import { trustOf } from '../../src/receiver/trust.ts';
import { verificationOf } from '../../src/receiver/verification.ts';
import { rootDocument } from '../../src/verify/root-document.ts';
import { workflowRun } from '../support/workflow-run.ts';

const test = suite('what a judged run is checked against');
const signerOf = (root: string): TrustedSigner => ({
  kind: 'identity',
  root,
  issuer: 'https://issuer.example',
  subject: { exact: root },
  claims: [],
});
const reading = effectiveContract('release', { signerThreshold: 2 }, ['here', 'gone', 'here'].map(signerOf));
if (!reading.ok) throw new Error(reading.message);
const { contract } = reading;
const run = workflowRun('build-1', 'shop');
const here = rootDocument('{}');
const gone = new Problem('trust-root-not-found', 'there is none', { hint: 'make one' });
const noKeys = new Problem('cluster-unavailable', 'no keys');

/** The receiver's sources, where reading the root `gone` and the keys fails so. */
const sources = (ofRoot: Error, ofKeys: Error) => {
  const keys = () => Promise.reject(ofKeys);
  return { ...rootSources(ofRoot), controlPlane: { get: keys, keys, keysNow: keys } };
};
const rootSources = (ofRoot: Error) => ({
  trustRoots: { get: (name?: string) => (name === 'here' ? Promise.resolve(here) : Promise.reject(ofRoot)) },
  signing: { get: () => Promise.reject(ofRoot), trustedRoot: () => Promise.reject(ofRoot) },
});

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error;
  }
}

test('what is missing is named beside what is there, and no signer is left out of what is asked', async () => {
  assert.equal(await verificationOf(sources(gone, noKeys), run, contract), {
    signers: contract.signers,
    threshold: 2,
    roots: { here },
    missingRoots: { gone: { code: 'trust-root-not-found', detail: 'there is none', hint: 'make one' } },
    contractDigest: run.spec.contract.digest,
    missingKeys: { code: 'cluster-unavailable', detail: 'no keys' },
  });
});

test('nothing is judged by a part of it', async () => {
  assert.is(await thrownBy(trustOf(sources(gone, noKeys), run, contract)), gone);
});

test('an API server that does not answer is no answer', async () => {
  const busy = new KubeError(503, 'ServiceUnavailable', 'etcd');
  assert.is(await thrownBy(verificationOf(sources(busy, noKeys), run, contract)), busy);
  assert.is(await thrownBy(verificationOf(sources(gone, busy), run, contract)), busy);
});

test.run();
