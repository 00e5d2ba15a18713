import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Trust } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { bytesOf, type Keys, NOW, STATEMENT } from './fixtures.ts';

/** Envelopes around one statement, with whatever stands for its signatures. */

export const data = preAuthEncoding(PAYLOAD_TYPE, STATEMENT);

export const ec = (namedCurve: string): Keys => generateKeyPairSync('ec', { namedCurve });
export const signed = ({ privateKey }: Keys, hash: string | null = 'sha256', how: object = {}): Buffer =>
  sign(hash, data, { key: privateKey, ...how });

export interface Entry {
  readonly sig: string;
  readonly keyid?: string;
  readonly cert?: string;
}
export const entry = (bytes: Uint8Array, more: object = {}): Entry => ({
  sig: Buffer.from(bytes).toString('base64'),
  ...more,
});
export const envelope = (...signatures: readonly Entry[]): Uint8Array =>
  bytesOf({ payload: STATEMENT.toString('base64'), payloadType: PAYLOAD_TYPE, signatures });

/** `accepted by N`, or why not. */
export function outcome(bytes: Uint8Array, trust: Trust): string {
  const verdict = verifyAttestation(bytes, trust, NOW);
  if (verdict.verified) return `accepted by ${verdict.signers.length}`;
  return `${verdict.refusals[0].code}: ${verdict.refusals[0].found}`;
}
export const trusting = (threshold: number, ...lists: readonly Trust[]): Trust => ({
  signers: lists.flatMap(({ signers }) => signers),
  roots: Object.assign({}, ...lists.map(({ roots }) => roots)),
  threshold,
});
/** A key in a list of trusted ones, in whatever spelling. */
export const listed = (publicKey: string): Trust => ({
  signers: [{ kind: 'key', publicKey, fingerprint: 'SHA256:as-it-was-written' }],
  roots: {},
});
export const pemOfKey = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
export const pemOfDer = (der: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(der).toString('base64')}\n-----END PUBLIC KEY-----\n`;
