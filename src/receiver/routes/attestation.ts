import type { Request, Response } from 'express';
import { auditedRun } from '../../api/audit-line.ts';
import { KIND } from '../../api/kinds.ts';
import { Problem } from '../../api/problem.ts';
import { verdictOf } from '../../api/run-verdict.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import { recordOfRun } from '../../attestation/record.ts';
import { PAYLOAD_TYPE, renderStatement } from '../../attestation/statement.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import type { EvidenceBytes, EvidenceInfo, Stage } from '../../evidence/store.ts';
import { RECEIVER_MANAGER, writeStatus } from '../../kube/apply.ts';
import { isStatus } from '../../kube/error.ts';
import { decided } from '../audit.ts';
import type { Authenticated } from '../auth/review.ts';
import { type Reserve, readBody } from '../body.ts';
import { assertDigest, statedDigest } from '../content-digest.ts';
import type { ReceiverContext } from '../context.ts';
import { exceptionsFor } from '../exceptions.ts';
import { judgedRun, policiesAtPush } from '../policies/at-push.ts';
import { countRefusal } from '../refusals.ts';
import { reserveFor } from '../reserve.ts';
import { assertOpen, nextRunHint, runForSubmitter } from '../run-access.ts';
import { tellVerdict } from '../run-events.ts';
import { runMessage } from '../state.ts';
import { createStatements, type Statements } from '../statements.ts';
import { trustOf } from '../trust.ts';
import { acceptedOf, verdictStatus } from '../verdict.ts';
import { param } from './params.ts';
import type { WhichRun } from './which-run.ts';

/** Statements name up to 128 materials; real ones have some hundred kilobytes. */
const MAX_ATTESTATION_BYTES = 8 << 20;
/** Adds that come in between make the judgement start over, so often at most. */
const MAX_ROUNDS = 5;

/** `GET …/statement`: the statement to sign, from the cluster's record. */
export const statementRoute =
  (context: ReceiverContext, which: WhichRun) => async (request: Request, response: Response) => {
    const authenticated = await context.authenticate(request, response);
    const run = await which(context, authenticated, request);
    assertOpen(run, new Date());
    const contract = await context.contracts.get(param(request, 'namespace'), run.spec.contract);
    const statement = renderStatement(recordOfRun(run, contract), new Date().toISOString());
    response.type(PAYLOAD_TYPE).send(Buffer.from(JSON.stringify(statement), 'utf8'));
  };

/** `POST …/attestation`: judges what was signed; answers once bytes and verdict are durable. */
export const attestationRoute =
  (context: ReceiverContext, which: WhichRun) => async (request: Request, response: Response) => {
    const authenticated = await context.authenticate(request, response);
    const run = await which(context, authenticated, request);
    const reserve = reserveFor(context, authenticated.caller, response);
    const bytes = await readBody(request, MAX_ATTESTATION_BYTES, reserve);
    // A copy of them is checked, in a thread of its own.
    reserve(bytes.length);
    const digest = sha256Digest(bytes);
    decided(response, { what: { ...auditedRun(run), digest } });
    assertDigest(statedDigest(request.headers['content-digest']), digest);
    const contract = await context.contracts.get(param(request, 'namespace'), run.spec.contract);
    try {
      const finished = await accept(context, authenticated, run, { bytes, digest, contract, response, reserve });
      const { status: result, reason } = verdictOf(finished);
      for (const { name, approvedBy, owner } of finished.status?.waivers ?? []) {
        const what = { ...auditedRun(run), waiver: name, owner, approvedBy };
        context.audit.note({ action: 'WaiverUsed', verdict: 'Allowed', who: authenticated.caller.username, what });
      }
      decided(response, { what: { result, reason } });
      response.json(runMessage(finished, contract));
    } catch (error) {
      if (error instanceof Problem && isRefusal(error)) await countRefusal(context, run, error);
      throw error;
    }
  };

interface Handed {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly contract: EffectiveContract;
  readonly response: Response;
  readonly reserve: Reserve;
}

/** Refused for what was handed in, and not for the state of the run or the service. */
const isRefusal = ({ status }: Problem): boolean => status === 422 || status === 400;

const differs = (run: WorkflowRun, known: string, digest: string): Problem =>
  new Problem('attestation-differs', `the run has the attestation ${known} already, and this one is ${digest}`, {
    hint: `a verdict is final; ${nextRunHint(run)}`,
  });

/**
 * Judges, stores, and writes the verdict for exactly the state that was judged: if a material came in between, the
 * precondition fails and everything is judged again.
 */
async function accept(
  context: ReceiverContext,
  authenticated: Authenticated,
  first: WorkflowRun,
  handed: Handed,
): Promise<WorkflowRun> {
  const kept: Kept = { statements: createStatements(context) };
  try {
    return await acceptKept(context, authenticated, first, handed, kept);
  } catch (error) {
    // Refused for sure, so nothing refers to the bytes. Of any other error it isn't known whether the verdict was written.
    if (error instanceof Problem) {
      await kept.statements.withdraw();
      await kept.stage?.withdraw();
      await kept.said?.withdraw();
    }
    throw error;
  } finally {
    await kept.statements.discard();
    await kept.stage?.discard();
    await kept.said?.discard();
  }
}

/** What is in the store for this push: its bytes, once they were good enough to be put there, and what is said of them. */
interface Kept {
  stage?: Stage;
  /** All that policies said. */
  said?: Stage;
  readonly statements: Statements;
}

async function acceptKept(
  context: ReceiverContext,
  authenticated: Authenticated,
  first: WorkflowRun,
  { bytes, digest, contract, response, reserve }: Handed,
  kept: Kept,
): Promise<WorkflowRun> {
  let run = first;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = new Date();
    const known = run.status?.attestation?.digest;
    if (known === digest) {
      // The same push under way a second time: what that one said of the run counts, if it wasn't this one after all.
      await kept.statements.withdraw(run);
      return run;
    }
    if (known !== undefined) throw differs(run, known, digest);
    assertOpen(run, now);
    const task = { bytes, trust: await trustOf(context, run, contract), record: recordOfRun(run, contract), now };
    const asker = { identity: authenticated.caller.username, response };
    const exceptions = await exceptionsFor(context, run, now);
    const verified = acceptedOf(await context.checks.attestation(task, asker), run, contract, exceptions);
    const store = await context.stores.get(run.spec.evidenceStoreName);
    const stored = await keep(store.bytes, bytes, kept);
    const { judged, stage: said } = await policiesAtPush(context, run, contract, {
      store,
      now,
      exceptions,
      reserve,
      asker,
    });
    await keepSaid(kept, said);
    const isBlocked = judged?.verdict.result === 'blocked';
    // In an earlier round it may have been fine.
    if (isBlocked) await kept.statements.withdraw();
    const toState = { run: judgedRun(run, judged, exceptions), contract, attestation: digest, store, now };
    const statements = isBlocked ? [] : await kept.statements.make(toState);
    const facts = { verified, judged, stored, storeName: store.name, statements, exceptions, now };
    const status = verdictStatus(run, contract, facts);
    try {
      return await writeVerdict(context, run, status);
    } catch (error) {
      // 409: something came in between. 422: another verdict did. Either way the run has to be looked at again.
      if (!isStatus(error, 409) && !isStatus(error, 422)) throw error;
      run = await runForSubmitter(context, authenticated, first.metadata.namespace ?? '', first.metadata.name);
    }
  }
  throw new Problem('cluster-unavailable', 'the run keeps changing while it is judged', {
    hint: 'push once all materials are added',
    retryAfter: 1,
  });
}

/** Makes durable what policies said in this round; what they said in an earlier one is taken back. */
async function keepSaid(kept: Kept, stage: Stage | undefined): Promise<void> {
  await kept.said?.withdraw();
  await kept.said?.discard();
  if (stage === undefined) delete kept.said;
  else kept.said = stage;
  await stage?.commit();
}

/** Puts the bytes into the store, in the first round only. */
async function keep(store: EvidenceBytes, bytes: Buffer, kept: Kept): Promise<EvidenceInfo> {
  if (kept.stage !== undefined) return kept.stage.info();
  kept.stage = await store.stage();
  await kept.stage.write(bytes);
  return kept.stage.commit();
}

async function writeVerdict(context: ReceiverContext, run: WorkflowRun, status: object): Promise<WorkflowRun> {
  const options = { fieldManager: RECEIVER_MANAGER, unchanged: true };
  const written = await writeStatus(context.client, KIND.WorkflowRun, run, status, options);
  const { namespace, name } = written.metadata;
  const verdict = verdictOf(written);
  context.metrics.runs.finished(written);
  context.log.info({ namespace, run: name, succeeded: verdict.status, reason: verdict.reason }, 'Run judged');
  tellVerdict(context, written, verdict, 'Verify');
  return written;
}
