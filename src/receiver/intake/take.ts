import type { Request, Response } from 'express';
import { Problem } from '../../api/problem.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { type ReceivedRow, receive } from '../../archive/intake.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import { readBody } from '../body.ts';
import { assertDigest, statedDigest } from '../content-digest.ts';
import type { ReceiverContext } from '../context.ts';
import type { EnvelopeClaims } from './claims.ts';
import { gitoidOf } from './gitoid.ts';
import { KEEP_ASIDE_MS, MAX_ENVELOPE_BYTES, ROOM, ROOM_OF_KNOWN, SHARE } from './room.ts';

/** Who hands an envelope in, and what he says it belongs to. */
export type Sender =
  | { readonly kind: 'anybody'; readonly address: string; readonly namespace?: string; readonly workflow?: string }
  | { readonly kind: 'caller'; readonly username: string; readonly run: WorkflowRun }
  /** Found on an object of Tekton that the run is of. */
  | { readonly kind: 'tekton'; readonly run: WorkflowRun };

const MAX_ACCOUNT = 512;

/**
 * Takes an envelope and makes it durable; what becomes of it is found out later. Returns its gitoid, which is the same whether
 * or not it was there: whoever says nothing of himself learns nothing. Throws `attestation-malformed`, and `intake-full`.
 */
export async function takeEnvelope(
  context: ReceiverContext,
  request: Request,
  response: Response,
  sender: Exclude<Sender, { kind: 'tekton' }>,
): Promise<string> {
  const account = sender.kind === 'anybody' ? sender.address : sender.username;
  const reserve = (bytes: number): void => {
    if (sender.kind === 'anybody') context.memoryOutside(account, response, bytes);
    context.memory(account, response, bytes);
  };
  const bytes = await readBody(request, MAX_ENVELOPE_BYTES, reserve);
  // The text that is kept, and a copy for the thread that reads it.
  reserve(2 * bytes.length);
  assertDigest(statedDigest(request.headers['content-digest']), sha256Digest(bytes));
  const body = bytes.toString('utf8');
  if (!Buffer.from(body).equals(bytes)) throw malformed({ at: '/', message: 'must be UTF-8' });
  const reading = await context.checks.claims(bytes, { identity: account, response });
  if (!reading.ok) throw malformed(reading.finding);
  const row = rowOf(bytes, body, sender, reading.claims, new Date());
  await keepEnvelope(context, row, reading.claims);
  return row.gitoid;
}

/** Makes it durable. Throws `intake-full`. */
export async function keepEnvelope(
  { archive }: Pick<ReceiverContext, 'archive'>,
  row: ReceivedRow,
  claims: EnvelopeClaims,
): Promise<void> {
  const room = row.origin === 'post' ? ROOM : ROOM_OF_KNOWN;
  const receipt = await archive.ask((database) => receive(database, row, named(claims), room, SHARE));
  if (receipt !== 'full') return;
  throw new Problem('intake-full', 'there is no room for another envelope that waits for its run', {
    hint: 'an administrator sees what waits, and why, by: proviso intake --all; for who sends with a token there is more room',
    retryAfter: 60,
  });
}

const malformed = (finding: { readonly at?: string; readonly message: string }): Problem =>
  new Problem('attestation-malformed', `the body is no envelope that can be taken: ${finding.message}`, {
    errors: [finding],
    hint: 'one DSSE envelope or Sigstore bundle around an in-toto statement, as Tekton Chains and Witness send it',
  });

/** By what it is found when a run changes. */
const named = ({ invocation, subjects }: EnvelopeClaims): readonly string[] =>
  invocation === undefined ? subjects : [invocation, ...subjects];

export function rowOf(
  bytes: Uint8Array,
  body: string,
  sender: Sender,
  { payloadDigest, predicateType }: EnvelopeClaims,
  now: Date,
): ReceivedRow {
  return {
    gitoid: gitoidOf(bytes),
    ...placeOf(sender),
    digest: sha256Digest(bytes),
    payload_digest: payloadDigest,
    predicate_type: predicateType,
    size: bytes.length,
    body,
    received: now.toISOString(),
    expires: new Date(now.getTime() + KEEP_ASIDE_MS).toISOString(),
  };
}

function placeOf(
  sender: Sender,
): Pick<ReceivedRow, 'origin' | 'account' | 'poster' | 'namespace' | 'workflow' | 'run' | 'run_uid'> {
  if (sender.kind === 'anybody') {
    const { address: account, namespace = null, workflow = null } = sender;
    return { origin: 'post', account, poster: null, namespace, workflow, run: null, run_uid: null };
  }
  const { run } = sender;
  const who =
    sender.kind === 'caller'
      ? ({ origin: 'caller', poster: sender.username, account: sender.username } as const)
      : ({ origin: 'chains', poster: null, account: `Tekton in ${run.metadata.namespace}` } as const);
  return {
    ...who,
    account: who.account.slice(0, MAX_ACCOUNT),
    namespace: run.metadata.namespace ?? null,
    workflow: run.spec.workflowRef.name,
    run: run.metadata.name,
    run_uid: run.metadata.uid ?? null,
  };
}
