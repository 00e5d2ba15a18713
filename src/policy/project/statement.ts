import { PAYLOAD_TYPE } from '../../attestation/statement.ts';
import { readContainer } from '../../verify/container/read.ts';
import { readStatement } from '../../verify/statement.ts';
import { differenceIn } from '../../verify/verdict.ts';
import type { Projection } from './projection.ts';

/** The statement inside of a signed container. Whose the signature is has been judged when it was taken, or never will be. */
export function projectStatement(bytes: Uint8Array): Projection {
  const reading = readContainer(bytes);
  if (!reading.ok) return { ok: false, finding: { message: differenceIn(reading.refusal) } };
  const [{ payload, payloadType }, ...others] = reading.contents;
  if (others.length > 0) {
    const message = `there are ${others.length + 1} statements in it; a policy judges one, so hand them in one by one`;
    return { ok: false, finding: { message } };
  }
  return statementIn(payloadType, payload);
}

/** The statement itself, before anybody has signed it. */
export const statementOf = (bytes: Uint8Array): Projection => statementIn(PAYLOAD_TYPE, bytes);

function statementIn(payloadType: string, payload: Uint8Array): Projection {
  const read = readStatement(payloadType, payload);
  return read.ok
    ? { ok: true, value: read.statement }
    : { ok: false, finding: { at: '/payload', message: differenceIn(read.refusal) } };
}
