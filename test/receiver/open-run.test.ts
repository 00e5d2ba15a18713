import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrustedSigner } from '../../src/api/trust.ts';
import type { Workflow } from '../../src/api/types.gen.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { clusterCaller, oidcCaller } from '../../src/receiver/auth/caller.ts';
import { runToOpen } from '../../src/receiver/open-run.ts';
import { outcomeOf } from '../support/outcome.ts';

const test = suite('opening a run');
const workflow: Workflow = {
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'build', namespace: 'shop', uid: 'uid', generation: 1 },
  spec: { contractRef: { name: 'release' } },
  status: {
    observedGeneration: 1,
    contract: { name: 'release', revision: 1, revisionName: 'release-1', digest: `sha256:${'a'.repeat(64)}` },
    conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: '' }],
  },
};
const KEY: TrustedSigner = { kind: 'key', publicKey: 'PEM', fingerprint: 'SHA256:x' };
const CALLERS = {
  account: clusterCaller({ username: 'system:serviceaccount:ci:runner' }),
  person: clusterCaller({ username: 'jane' }),
  // A name that is nearly one of a service account gets no certificate.
  nearly: clusterCaller({ username: 'system:serviceaccount:ci' }),
  outside: oidcCaller({
    issuer: 'https://issuer.example',
    subject: 'system:serviceaccount:ci:runner',
    audiences: ['proviso'],
    claims: {},
    provider: undefined,
  }),
};

function opening(who: keyof typeof CALLERS, ...signers: readonly TrustedSigner[]): string {
  const reading = effectiveContract('release', {}, signers);
  if (!reading.ok) throw new Error(reading.message);
  const { contract } = reading;
  const facts = { workflow, contract, caller: CALLERS[who], owner: undefined, runKey: 'c0ffee', now: new Date(0) };
  return outcomeOf(() => runToOpen({ ...facts, request: { workflow: 'build' } }));
}

test('without signers only those open runs who can sign them', () => {
  assert.is(opening('account'), 'fine');
  for (const who of ['person', 'nearly', 'outside'] as const) {
    assert.is(opening(who), 'nobody-signs', who);
    assert.is(opening(who, KEY), 'fine', who);
  }
});

test.run();
