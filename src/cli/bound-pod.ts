import { decodeJwt } from 'jose';
import { asRecord, asText } from '../api/record.ts';
import type { Session } from './session.ts';

/** The pod that a token is bound to. */
export interface BoundPod {
  readonly uid: string;
  readonly namespace: string;
}

/** The pod of the token that is configured, as the token says: enough to choose what to ask, and the receiver decides. */
export function boundPod(session: Session): BoundPod | undefined {
  const { credential } = session.configuration();
  if (credential.kind !== 'given') return undefined;
  const claims = asRecord(claimsOf(credential.token)?.['kubernetes.io']);
  const uid = asText(asRecord(claims?.pod)?.uid);
  const namespace = asText(claims?.namespace);
  return uid === undefined || namespace === undefined ? undefined : { uid, namespace };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return decodeJwt(token);
  } catch {
    // The receiver says better what is wrong with it.
    return undefined;
  }
}
