import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { KIND } from '../api/kinds.ts';
import { Problem } from '../api/problem.ts';
import { type Secret, secretText } from '../api/secret.ts';
import { CONTROL_PLANE_SECRET } from '../api/trust-objects.ts';
import type { KubeClient } from '../kube/client.ts';
import { type ControlPlaneKeys, readKeyList } from '../verify/key-list.ts';
import { countsAt, fingerprintOf, kindOf } from '../verify/keys.ts';
import { createTtlCache } from './ttl-cache.ts';

/** Who the control plane is, and the key that it signs with now. */
export interface ControlPlaneSigner extends ControlPlaneKeys {
  readonly key: KeyObject;
  readonly fingerprint: string;
}

/** The control plane's keys. */
export interface ControlPlane {
  /** What signs. Throws `cluster-unavailable`. */
  get(): Promise<ControlPlaneSigner>;
  /** What earlier statements are checked against, whether or not anything can be signed now. Throws `cluster-unavailable`. */
  keys(): Promise<ControlPlaneKeys>;
  /** The same, and what was exchanged within the last minute too. */
  keysNow(): Promise<ControlPlaneKeys>;
}

/** A key that was replaced signs that much longer, and counts an hour longer. */
const REMEMBERED_MS = 60_000;

/** Reads the keys from their Secret in Proviso's namespace, once a minute whatever comes in. */
export function createControlPlane(client: KubeClient, namespace: string): ControlPlane {
  const known = createTtlCache<Promise<ControlPlaneSigner>>(1);
  const read = () => client.find<Secret>(KIND.Secret, { namespace, name: CONTROL_PLANE_SECRET });
  function get(): Promise<ControlPlaneSigner> {
    const found = known.get('');
    if (found !== undefined) return found;
    const reading = read().then(signerIn);
    known.set('', reading, REMEMBERED_MS);
    // Who asks next asks again, and not for what went wrong this time.
    reading.catch(() => known.set('', reading, 0));
    return reading;
  }
  return {
    get,
    async keys() {
      try {
        return await get();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return keysIn(await read());
      }
    },
    keysNow: async () => keysIn(await read()),
  };
}

/** What nobody would accept must not be signed. Throws `cluster-unavailable`. */
export function assertCounts({ keys, fingerprint }: ControlPlaneSigner, now: Date): void {
  if (keys.some((key) => key.fingerprint === fingerprint && countsAt(key, now))) return;
  const what = `the control-plane key ${fingerprint} does not count at ${now.toISOString()}`;
  throw new Problem('cluster-unavailable', what, {
    hint: 'the clocks of the operator and of the receiver disagree; an administrator has to set them right',
    retryAfter: 5,
  });
}

function signerIn(secret: Secret | undefined): ControlPlaneSigner {
  const list = keysIn(secret);
  const pem = secretText(secret, 'signing.key');
  const key = pem === undefined ? undefined : privateKey(pem);
  if (key === undefined || kindOf(key) !== 'p256') throw unavailable('has no P-256 private key', REPLACE);
  const fingerprint = fingerprintOf(createPublicKey(key));
  // Nobody could check what it signs.
  if (!list.keys.some((each) => each.fingerprint === fingerprint)) {
    throw unavailable(`has a list of keys without the one that signs, ${fingerprint}`, REPLACE);
  }
  return { ...list, key, fingerprint };
}

const REPLACE =
  'an administrator has to delete it: the operator makes another, and earlier statements are trusted no more';

function keysIn(secret: Secret | undefined): ControlPlaneKeys {
  const text = secretText(secret, 'keys.json');
  if (text === undefined) {
    throw unavailable('is not there yet', 'the operator makes it at its start; look at its log');
  }
  const reading = readKeyList(text);
  if (!reading.ok) throw unavailable(`has a list of keys that can't be read: ${reading.message}`, REPLACE);
  return reading.list;
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

const unavailable = (what: string, hint: string): Problem =>
  new Problem('cluster-unavailable', `the Secret ${CONTROL_PLANE_SECRET} ${what}`, { hint, retryAfter: 5 });
