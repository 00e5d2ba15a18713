import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { TrustedKey } from '../api/trust.ts';
import type { ControlPlaneKeys } from '../verify/key-list.ts';
import { fingerprintOf } from '../verify/keys.ts';

/** The control plane's private keys, and the public parts of all that it ever had. */
export interface KeyRing extends ControlPlaneKeys {
  /** PKCS#8 PEM of the key that signs; absent until the first one is published. */
  readonly signing?: string;
  /** Of the key that signs next. */
  readonly next?: string;
}

const DAY_MS = 86_400_000;
/** A key is replaced once two thirds of a year are over. */
const LIFE_MS = 365 * DAY_MS;
const RENEW_AT = 2 / 3;
/** The next key is published that long before it signs: who keeps copies of the keys has the time to take it over. */
const ANNOUNCED_MS = 7 * DAY_MS;
/** Clocks of nodes differ a little; a key counts a little earlier than it signs. */
const SKEW_MS = 5 * 60_000;
/** A replaced key counts a little longer: receivers may have it in memory, and a request under way. */
const RETIRED_MS = 3600_000;

/** The ring with a key that will sign, if there is none or the one that signs grows old. */
export function withNextKey(ring: KeyRing, now: Date): KeyRing {
  const current = signingKey(ring);
  if (ring.next !== undefined) return current === undefined ? withoutDelay(ring, ring.next, now) : ring;
  const isOld = current !== undefined && now.getTime() - timeOf(current.validFrom) > LIFE_MS * RENEW_AT;
  if (current !== undefined && !isOld) return ring;
  const signsFrom = now.getTime() + (current === undefined ? 0 : ANNOUNCED_MS);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made: TrustedKey = {
    kind: 'key',
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    fingerprint: fingerprintOf(publicKey),
    validFrom: new Date(signsFrom - SKEW_MS).toISOString(),
  };
  const next = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...ring, next, keys: [...ring.keys, made] };
}

/** When the key that signs got lost, the next one can't wait for the time that was announced. */
function withoutDelay(ring: KeyRing, next: string, now: Date): KeyRing {
  const fingerprint = fingerprintOfPrivate(next);
  const latest = now.getTime() - SKEW_MS;
  const keys = ring.keys.map((key) =>
    key.fingerprint === fingerprint && timeOf(key.validFrom) > latest
      ? { ...key, validFrom: new Date(latest).toISOString() }
      : key,
  );
  return { ...ring, keys };
}

/**
 * The ring in which the next key signs, if its time has come. Only for a ring that is published already: a statement must
 * not be there before the key to check it with. The private part of the replaced key is gone then.
 */
export function withNextSigning(ring: KeyRing, now: Date): KeyRing {
  const { next, signing: _, ...rest } = ring;
  if (next === undefined) return ring;
  const fingerprint = fingerprintOfPrivate(next);
  const promoted = ring.keys.find((key) => key.fingerprint === fingerprint);
  if (now.getTime() < timeOf(promoted?.validFrom) + SKEW_MS) return ring;
  const end = new Date(now.getTime() + RETIRED_MS).toISOString();
  const keys = ring.keys.map((key) =>
    key.fingerprint === fingerprint || key.validUntil !== undefined ? key : { ...key, validUntil: end },
  );
  return { ...rest, signing: next, keys };
}

/** The public part of the key that signs. */
export function signingKey({ signing, keys }: KeyRing): TrustedKey | undefined {
  if (signing === undefined) return undefined;
  const fingerprint = fingerprintOfPrivate(signing);
  return keys.find((key) => key.fingerprint === fingerprint);
}

export const fingerprintOfPrivate = (pem: string): string => fingerprintOf(createPublicKey(pem));

const timeOf = (time: string | undefined): number => (time === undefined ? 0 : Date.parse(time));
