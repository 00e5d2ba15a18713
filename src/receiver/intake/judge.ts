import { auditedRun } from '../../api/audit-line.ts';
import { KIND } from '../../api/kinds.ts';
import { Problem } from '../../api/problem.ts';
import { asArray } from '../../api/record.ts';
import type { RecordedMaterial, RecordedSigner, WorkflowRun } from '../../api/types.gen.ts';
import { matchedBefore, type Settlement } from '../../archive/intake.ts';
import type { IntakeTable } from '../../archive/tables.ts';
import { mergeAnnotations } from '../../contract/annotations.ts';
import { addMaterial } from '../add-material.ts';
import type { ReceiverContext } from '../context.ts';
import { bytesBody } from '../material-intake.ts';
import { createInspection } from '../material-signers.ts';
import { Aside } from './aside.ts';
import { candidatesFor, isAbout, isOpen } from './candidates.ts';
import type { EnvelopeClaims } from './claims.ts';
import { materialFor } from './place.ts';
import { KEEP_MATCHED_MS } from './room.ts';
import { isTaskOf } from './tekton.ts';
import { INTAKE, type MeantMaterial, signersOf } from './trusted.ts';

/** What is judged: the row, and what it is about. */
interface Envelope {
  readonly row: IntakeTable;
  readonly bytes: Buffer;
  readonly claims: EnvelopeClaims;
}

/** The material of the run that an envelope is. */
interface Matched extends MeantMaterial {
  /** Undefined where it was handed in by who may add whatever he likes. */
  readonly signers: readonly RecordedSigner[] | undefined;
}

/**
 * Finds the run of an envelope and hands it in as the material that it is. Returns what became of it; throws what is worth another
 * try later.
 */
export async function judge(context: ReceiverContext, row: IntakeTable, now: Date): Promise<Settlement> {
  try {
    const there = handedIn(context, row);
    if (there !== undefined) return matched(there.run, there.material, row.signer, now);
    const bytes = Buffer.from(row.body ?? '');
    const reading = await context.checks.claims(bytes, { identity: INTAKE });
    if (!reading.ok) throw new Aside('Refused', reading.finding.message);
    return await handIn(context, { row, bytes, claims: reading.claims }, now);
  } catch (error) {
    if (error instanceof Aside) return aside(row, error);
    if (error instanceof Problem && isFinal(error)) {
      const reason = error.code === 'run-finished' ? 'RunFinished' : 'Refused';
      return aside(row, new Aside(reason, `${error.code}: ${error.message}`));
    }
    throw error;
  }
}

const isFinal = ({ status, retryAfter }: Problem): boolean => status < 500 && retryAfter === undefined;

/** The run that has it already, by this way or another: a receiver may have been killed before it could say so. */
function handedIn({ runs }: ReceiverContext, { digest, namespace, run_uid }: IntakeTable) {
  for (const run of runs.byIndex('digest', digest)) {
    const material = run.status?.materials?.find((each) => each.digest === digest);
    const isMeant =
      run_uid === null ? namespace === null || namespace === run.metadata.namespace : run_uid === run.metadata.uid;
    if (material !== undefined && isMeant) return { run, material };
  }
  return undefined;
}

async function handIn(context: ReceiverContext, envelope: Envelope, now: Date): Promise<Settlement> {
  const { row } = envelope;
  const { run, contract, asked, signers } =
    row.run_uid === null ? await matchByContent(context, envelope, now) : await matchBound(context, envelope, now);
  const signer =
    signers === undefined ? null : signers.map(({ identity, fingerprint }) => identity ?? fingerprint).join(', ');
  const key = { payload_digest: row.payload_digest, signer, run_uid: run.metadata.uid ?? '' };
  const before = await context.archive.ask((database) => matchedBefore(database, key));
  if (before !== undefined) {
    const message = `another signature of the same by the same is there: ${before.gitoid}`;
    return { ...placeOf(run), state: 'duplicate', reason: null, message, material: before.material, signer };
  }
  const merged = mergeAnnotations(asked.annotations, {});
  if (!merged.ok) {
    const missing = merged.findings.map(({ message }) => message).join('; ');
    throw new Aside(
      'Refused',
      `the annotations that the contract asks of '${asked.name}' can't be given this way: ${missing}`,
    );
  }
  const { material } = await addMaterial(context, {
    ...{ run, contract, asked, name: asked.name, type: asked.type, annotations: merged.annotations },
    ...{ body: bytesBody(envelope.bytes), filename: undefined, isReference: false, isReplacement: false },
    addedBy: addedBy(row, signers),
    // A few at a time, so what it takes of memory is no matter of a budget.
    reserve: () => {},
    ...(signers === undefined
      ? createInspection(context, run, asked, { identity: INTAKE })
      : { inspect: (sent) => context.checks.material(sent, { identity: INTAKE }), signers: () => signers }),
  });
  context.log.info({ ...placeOf(run), material: material.name, gitoid: row.gitoid, signer }, 'Envelope handed in');
  context.audit.note({
    ...{ action: 'MaterialAdded', verdict: 'Allowed', who: material.addedBy },
    what: { ...auditedRun(run), material: material.name, type: asked.type, digest: material.digest },
  });
  return matched(run, material, signer, now);
}

const MAX_ADDED_BY = 512;

function addedBy({ poster }: IntakeTable, signers: readonly RecordedSigner[] | undefined): string {
  return (poster ?? `intake, signed by ${signers?.map(({ display }) => display).join(', ')}`).slice(0, MAX_ADDED_BY);
}

/** The run that a caller or an object of Tekton named. Whoever may add to a run needs nobody's signature for that. */
async function matchBound(context: ReceiverContext, { row, bytes, claims }: Envelope, now: Date): Promise<Matched> {
  const { namespace, run: name, run_uid } = row;
  const ref = { namespace: namespace ?? '', name: name ?? '' };
  const run = await context.client.find<WorkflowRun>(KIND.WorkflowRun, ref);
  if (run === undefined || run.metadata.uid !== run_uid)
    throw new Aside('NoRun', `the run ${ref.name} is not there any more`);
  if (!isOpen(run, now)) throw new Aside('RunFinished', `the run ${ref.name} was over before it was judged`);
  const meant = await meantBy(context, run, claims);
  if (row.origin === 'caller') return { ...meant, signers: undefined };
  // People can write annotations too, and copy there what was signed for another task.
  if (claims.invocation === undefined && !isAbout(run, claims.subjects)) {
    throw new Aside(
      'NoRun',
      `it states no uid, and the run ${run.metadata.name} has none of its subjects as a material`,
    );
  }
  const reading = await signersOf(context, meant, bytes, new Date(row.received));
  if (!reading.ok) throw unknownSigner([run], reading.message);
  return { ...meant, signers: reading.signers };
}

/** The one run that it names and whose contract trusts who signed it. Nothing is asked of the API server before that is known. */
async function matchByContent(context: ReceiverContext, { row, bytes, claims }: Envelope, now: Date): Promise<Matched> {
  const { runs, task } = candidatesFor(context.runs, row, claims, now);
  const refused = new Set(asArray(JSON.parse(row.refused_by ?? '[]')));
  const trusting: Matched[] = [];
  let message = row.message ?? '';
  let without: Aside | undefined;
  for (const run of runs) {
    if (refused.has(run.metadata.uid)) continue;
    const meant = await meantBy(context, run, claims).catch(keptAside);
    if (meant instanceof Aside) {
      without = meant;
      continue;
    }
    const reading = await signersOf(context, meant, bytes, new Date(row.received));
    if (reading.ok) trusting.push({ ...meant, signers: reading.signers });
    else message = reading.message;
  }
  if (trusting.length === 0) throw without ?? unknownSigner(runs, message);
  const own: Matched[] = [];
  for (const each of trusting) {
    if (task === undefined || (await isTaskOf(context.client, each.run, task))) own.push(each);
  }
  const [only, ...others] = own;
  if (only === undefined) {
    throw new Aside(
      'NoRun',
      `it was built by ${task}, which is neither the pipeline of a run that has its subjects nor a task of it`,
    );
  }
  if (others.length === 0) return only;
  const names = own.map(({ run }) => `${run.metadata.namespace}/${run.metadata.name}`).slice(0, 5);
  throw new Aside(
    'SeveralRuns',
    `${own.length} open runs that trust who signed it have its subjects: ${names.join(', ')}`,
  );
}

async function meantBy(
  { contracts }: ReceiverContext,
  run: WorkflowRun,
  claims: EnvelopeClaims,
): Promise<MeantMaterial> {
  const contract = await contracts.get(run.metadata.namespace ?? '', run.spec.contract);
  return { run, contract, asked: materialFor(contract, claims.predicateType) };
}

function keptAside(error: unknown): Aside {
  if (error instanceof Aside) return error;
  throw error;
}

const unknownSigner = (runs: readonly WorkflowRun[], message: string): Aside =>
  new Aside(
    'UnknownSigner',
    message,
    runs.map(({ metadata }) => metadata.uid ?? ''),
  );

const placeOf = ({ metadata, spec }: WorkflowRun) => ({
  namespace: metadata.namespace ?? '',
  workflow: spec.workflowRef.name,
  run: metadata.name,
  run_uid: metadata.uid ?? '',
});

/** The bytes are in the evidence store of the run from now on. */
const matched = (run: WorkflowRun, { name }: RecordedMaterial, signer: string | null, now: Date): Settlement => ({
  ...placeOf(run),
  ...{ state: 'matched', reason: null, message: null, material: name, signer, body: null, kept: 0 },
  expires: new Date(now.getTime() + KEEP_MATCHED_MS).toISOString(),
});

const MAX_MESSAGE = 1024;

const aside = ({ refused_by }: IntakeTable, { reason, message, refusedBy }: Aside): Settlement => ({
  ...{ state: 'aside', reason, message: message.slice(0, MAX_MESSAGE) },
  ...(refusedBy.length === 0 ? {} : { refused_by: JSON.stringify(allOf(refused_by, refusedBy)) }),
});

const allOf = (before: string | null, more: readonly string[]): readonly unknown[] => [
  ...new Set([...asArray(JSON.parse(before ?? '[]')), ...more]),
];
