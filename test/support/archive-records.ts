import type { KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { ControlPlaneKeys } from '../../src/verify/key-list.ts';
import { fingerprintOf } from '../../src/verify/keys.ts';

export const VERIFIER = 'https://proviso.dev/cluster/here';

/** A control plane whose key was replaced on 1 June 2026. */
export interface Installation extends ControlPlaneKeys {
  readonly replaced: KeyObject;
  readonly signing: KeyObject;
}

export function installation(): Installation {
  const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const [replaced, signing] = [pair(), pair()];
  const entry = (key: KeyObject, times: { readonly validFrom: string; readonly validUntil?: string }) => {
    const publicKey = createPublicKey(key);
    return {
      kind: 'key' as const,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      fingerprint: fingerprintOf(publicKey),
      ...times,
    };
  };
  const keys = [
    entry(replaced, { validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-06-01T00:00:00Z' }),
    entry(signing, { validFrom: '2026-06-01T00:00:00Z' }),
  ];
  return { verifierId: VERIFIER, keys, replaced, signing };
}
