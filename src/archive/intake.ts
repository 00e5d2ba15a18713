import type { Expression, Transaction } from 'kysely';
import type { ArchiveDatabase, ArchiveTables, IntakeTable } from './tables.ts';

/** Rows of one statement, so that it stays below the servers' limit of parameters. */
const BATCH = 100;

/** How many envelopes may be kept that nobody has vouched for, and bytes of them. */
export interface IntakeRoom {
  readonly count: number;
  readonly bytes: number;
}

/** `known`: these very bytes are there already. `full`: there is no room, or none for this account. */
export type Receipt = 'kept' | 'known' | 'full';

/** What is there before an envelope is judged. */
export type ReceivedRow = Pick<
  IntakeTable,
  | 'gitoid'
  | 'origin'
  | 'account'
  | 'poster'
  | 'namespace'
  | 'workflow'
  | 'run'
  | 'run_uid'
  | 'digest'
  | 'payload_digest'
  | 'predicate_type'
  | 'size'
  | 'received'
  | 'expires'
> & { readonly body: string };

/**
 * Makes an envelope durable. Bytes that are there are not kept twice, whoever sends them. `share`: of one account.
 */
export async function receive(
  database: ArchiveDatabase,
  row: ReceivedRow,
  claims: readonly string[],
  room: IntakeRoom,
  share: IntakeRoom,
): Promise<Receipt> {
  return database.transaction().execute(async (transaction) => {
    if (await isThere(transaction, row)) return 'known';
    if (!(await hasRoom(transaction, row, room, share))) return 'full';
    const rest = { state: 'received', reason: null, message: null, material: null, signer: null } as const;
    const written = await transaction
      .insertInto('intake')
      .values({ ...row, ...rest, refused_by: null, kept: row.size, tries: 0, due: row.received })
      .onConflict((conflict) => conflict.doNothing())
      .returning('gitoid')
      .executeTakeFirst();
    if (written === undefined) return 'known';
    const entries = [...new Set(claims)].map((claim) => ({ claim, gitoid: row.gitoid }));
    for (let from = 0; from < entries.length; from += BATCH) {
      await transaction
        .insertInto('intake_claims')
        .values(entries.slice(from, from + BATCH))
        .execute();
    }
    return 'kept';
  });
}

/**
 * Whoever may add to a run says more of an envelope than whoever posted it without a word. One that was posted to two addresses
 * may belong to either.
 */
async function isThere(transaction: Transaction<ArchiveTables>, row: ReceivedRow): Promise<boolean> {
  const { gitoid, origin, poster, namespace, workflow, run, run_uid, received, body, size } = row;
  const there = await transaction
    .selectFrom('intake')
    .select(['state', 'origin', 'namespace', 'workflow', 'run_uid'])
    .where('gitoid', '=', gitoid)
    .executeTakeFirst();
  if (there === undefined) return false;
  const isWaiting = there.state === 'received' || there.state === 'aside';
  const again = { state: 'received', due: received, tries: 0, refused_by: null } as const;
  const update = transaction.updateTable('intake').where('gitoid', '=', gitoid);
  if (origin !== 'post' && (isWaiting || there.run_uid !== run_uid)) {
    const bound = { origin, poster, namespace, workflow, run, run_uid };
    await update.set({ ...again, ...bound, body, kept: size }).execute();
  } else if (origin === 'post' && isWaiting && there.origin === 'post') {
    const isSame = there.namespace === namespace && there.workflow === workflow;
    if (!isSame) await update.set({ ...again, namespace: null, workflow: null }).execute();
  }
  return true;
}

/** Whether one more fits into the whole and into what its account may take of it; in one question, which each envelope asks. */
async function hasRoom(
  transaction: Transaction<ArchiveTables>,
  { account, size }: ReceivedRow,
  room: IntakeRoom,
  share: IntakeRoom,
): Promise<boolean> {
  const kept = await transaction
    .selectFrom('intake')
    .select(({ eb, fn, val, ref }) => {
      const own = <T>(value: Expression<T>) => eb.case().when('account', '=', account).then(value).end();
      return [
        fn.countAll<number | string>().as('count'),
        fn.sum<number | string | null>('kept').as('bytes'),
        fn.count<number | string>(own(val(1))).as('own_count'),
        fn.sum<number | string | null>(own(ref('kept'))).as('own_bytes'),
      ];
    })
    .where('kept', '>', 0)
    .executeTakeFirstOrThrow();
  const fits = (count: number | string, bytes: number | string | null, most: IntakeRoom): boolean =>
    Number(count) + 1 <= most.count && Number(bytes ?? 0) + size <= most.bytes;
  return fits(kept.count, kept.bytes, room) && fits(kept.own_count, kept.own_bytes, share);
}

/** What is to be judged by `now`: what failed least often first, and of that what takes least, so that nobody's large ones hold up the others. */
export const dueForJudgement = (
  database: ArchiveDatabase,
  now: string,
  limit: number,
): Promise<readonly IntakeTable[]> =>
  database
    .selectFrom('intake')
    .selectAll()
    .where('state', '=', 'received')
    .where('due', '<=', now)
    .orderBy('tries')
    .orderBy('size')
    .orderBy('due')
    .limit(limit)
    .execute();

/** What an envelope says of itself, by which a run is looked for. */
export async function claimsOf(database: ArchiveDatabase, gitoid: string): Promise<readonly string[]> {
  const rows = await database.selectFrom('intake_claims').select('claim').where('gitoid', '=', gitoid).execute();
  return rows.map(({ claim }) => claim);
}

/** Has those judged again that are kept aside and name one of these. */
export async function judgeAgainBy(database: ArchiveDatabase, claims: readonly string[], now: string): Promise<void> {
  for (let from = 0; from < claims.length; from += BATCH) {
    const named = database
      .selectFrom('intake_claims')
      .select('gitoid')
      .where('claim', 'in', claims.slice(from, from + BATCH));
    await database
      .updateTable('intake')
      .set({ state: 'received', due: now, tries: 0 })
      .where('state', '=', 'aside')
      .where('gitoid', 'in', named)
      .execute();
  }
}

/** Has all of them judged again: what has changed meanwhile, nobody saw. */
export async function judgeAllAgain(database: ArchiveDatabase, now: string): Promise<void> {
  await database
    .updateTable('intake')
    .set({ state: 'received', due: now, tries: 0 })
    .where('state', '=', 'aside')
    .execute();
}

/** What came of a judgement. */
export type Settlement = Partial<
  Pick<
    IntakeTable,
    | 'state'
    | 'reason'
    | 'message'
    | 'namespace'
    | 'workflow'
    | 'run'
    | 'run_uid'
    | 'material'
    | 'signer'
    | 'refused_by'
    | 'tries'
    | 'due'
    | 'expires'
    | 'body'
    | 'kept'
  >
>;

/** Notes it, unless somebody has said meanwhile where the envelope belongs: then it is judged once more. */
export async function settle(
  database: ArchiveDatabase,
  { gitoid, due }: Pick<IntakeTable, 'gitoid' | 'due'>,
  settlement: Settlement,
): Promise<void> {
  await database.updateTable('intake').set(settlement).where('gitoid', '=', gitoid).where('due', '=', due).execute();
}

/** The matched envelope of the run around the same payload, signed by the same. */
export const matchedBefore = (
  database: ArchiveDatabase,
  { payload_digest, signer, run_uid }: Pick<IntakeTable, 'payload_digest' | 'signer' | 'run_uid'>,
): Promise<Pick<IntakeTable, 'gitoid' | 'material'> | undefined> =>
  database
    .selectFrom('intake')
    .select(['gitoid', 'material'])
    .where('payload_digest', '=', payload_digest)
    .where('run_uid', '=', run_uid)
    .where('state', '=', 'matched')
    .where('signer', signer === null ? 'is' : '=', signer)
    .executeTakeFirst();

/** Removes those that nobody asked for in time, with their bytes; returns how many. */
export async function removeExpired(database: ArchiveDatabase, now: string): Promise<number> {
  const removed = await database.deleteFrom('intake').where('expires', '<=', now).returning('gitoid').execute();
  return removed.length;
}

export const findEnvelope = (database: ArchiveDatabase, gitoid: string): Promise<IntakeTable | undefined> =>
  database.selectFrom('intake').selectAll().where('gitoid', '=', gitoid).executeTakeFirst();

/** Of which namespaces envelopes are told, and whether of those that belong to none. */
export interface IntakeFilter {
  readonly namespaces: readonly string[];
  readonly unbound: boolean;
}

export type ListedEnvelope = Omit<IntakeTable, 'body' | 'refused_by' | 'tries' | 'due'>;
const LISTED = [
  ...(['gitoid', 'state', 'reason', 'message', 'origin', 'account', 'poster', 'namespace', 'workflow', 'run'] as const),
  ...(['run_uid', 'material', 'signer', 'digest', 'payload_digest', 'predicate_type', 'size', 'kept'] as const),
  ...(['received', 'expires'] as const),
];

/** The newest first. */
export const listEnvelopes = (
  database: ArchiveDatabase,
  filter: IntakeFilter,
  limit: number,
): Promise<readonly ListedEnvelope[]> =>
  visible(database, filter).select(LISTED).orderBy('received', 'desc').orderBy('gitoid').limit(limit).execute();

/** How many there are of each state and reason. */
export const countEnvelopes = (database: ArchiveDatabase, filter: IntakeFilter) =>
  visible(database, filter)
    .select(({ fn }) => [
      'state',
      'reason',
      fn.countAll<number | string>().as('count'),
      fn.sum<number | string>('kept').as('bytes'),
    ])
    .groupBy(['state', 'reason'])
    .orderBy('state')
    .orderBy('reason')
    .execute();

const visible = (database: ArchiveDatabase, { namespaces, unbound }: IntakeFilter) =>
  database
    .selectFrom('intake')
    .where(({ or, eb }) =>
      or([
        ...(namespaces.length === 0 ? [] : [eb('namespace', 'in', [...namespaces])]),
        ...(unbound ? [eb('namespace', 'is', null)] : []),
      ]),
    );

/** The namespaces that envelopes belong to. */
export async function intakeNamespaces(database: ArchiveDatabase): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('intake')
    .select('namespace')
    .distinct()
    .where('namespace', 'is not', null)
    .orderBy('namespace')
    .execute();
  return rows.flatMap(({ namespace }) => namespace ?? []);
}
