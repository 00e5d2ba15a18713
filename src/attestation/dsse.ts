import { PAYLOAD_TYPE } from './statement.ts';

/** A DSSE envelope as JSON; payload and signatures are base64. */
export interface DsseEnvelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

/** What a DSSE signature is over: `DSSEv1`, and type and body each with its length in bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/** The envelope with one signature, of a statement if nothing else is said. */
export const dsseEnvelope = (
  payload: Uint8Array,
  signature: Uint8Array,
  keyid = '',
  payloadType = PAYLOAD_TYPE,
): DsseEnvelope => ({
  payload: Buffer.from(payload).toString('base64'),
  payloadType,
  signatures: [{ keyid, sig: Buffer.from(signature).toString('base64') }],
});
