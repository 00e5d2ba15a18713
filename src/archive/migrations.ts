import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Every step of the schema, in the order of their names. A step that was released is never changed: another one follows it.
 * Both servers run the same steps, so there is nothing in them that only one of them knows.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-runs': { up: createRuns },
  '0002-records': { up: addRecords },
  '0003-retention': { up: addRetention },
  '0004-policy-results': { up: addPolicyResults },
  '0005-intake': { up: addIntake },
  '0006-outbox': { up: addOutbox },
};

type Index = readonly [name: string, table: string, columns: readonly string[]];

async function createIndexes(db: Kysely<unknown>, indexes: readonly Index[]): Promise<void> {
  for (const [name, table, columns] of indexes) {
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
}

async function createRuns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('uid', 'varchar(64)', (column) => column.primaryKey())
    .addColumn('namespace', 'varchar(253)', (column) => column.notNull())
    .addColumn('name', 'varchar(253)', (column) => column.notNull())
    .addColumn('workflow', 'varchar(253)', (column) => column.notNull())
    .addColumn('workflow_uid', 'varchar(64)', (column) => column.notNull())
    .addColumn('project', 'varchar(253)')
    .addColumn('team', 'varchar(253)')
    .addColumn('contract', 'varchar(253)', (column) => column.notNull())
    .addColumn('contract_revision', 'integer', (column) => column.notNull())
    .addColumn('succeeded', 'varchar(8)', (column) => column.notNull())
    .addColumn('reason', 'varchar(128)', (column) => column.notNull())
    .addColumn('started', 'varchar(32)', (column) => column.notNull())
    .addColumn('finished', 'varchar(32)', (column) => column.notNull())
    .addColumn('duration_ms', 'integer', (column) => column.notNull())
    .addColumn('runner', 'varchar(64)', (column) => column.notNull())
    .addColumn('commit_sha', 'varchar(64)')
    .addColumn('signer', 'text')
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('digests')
    .addColumn('run_uid', 'varchar(64)', (column) => column.notNull().references('runs.uid').onDelete('cascade'))
    .addColumn('digest', 'varchar(160)', (column) => column.notNull())
    .addColumn('role', 'varchar(16)', (column) => column.notNull())
    .addColumn('name', 'varchar(512)', (column) => column.notNull())
    .addColumn('type', 'varchar(64)', (column) => column.notNull())
    .addPrimaryKeyConstraint('digests_pk', ['run_uid', 'digest', 'role', 'name'])
    .execute();
  const indexes: readonly Index[] = [
    ['runs_by_time', 'runs', ['namespace', 'started', 'uid']],
    ['runs_by_workflow', 'runs', ['namespace', 'workflow', 'started', 'uid']],
    ['runs_by_commit', 'runs', ['commit_sha']],
    ['digests_by_digest', 'digests', ['digest', 'role']],
  ];
  await createIndexes(db, indexes);
}

async function addRecords(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('record_digest', 'varchar(160)').execute();
  await db.schema.alterTable('runs').addColumn('record_time', 'varchar(32)').execute();
  await db.schema
    .createTable('read_stores')
    .addColumn('uid', 'varchar(64)', (column) => column.primaryKey())
    .addColumn('name', 'varchar(253)', (column) => column.notNull())
    .addColumn('keys', 'varchar(64)', (column) => column.notNull())
    .addColumn('time', 'varchar(32)', (column) => column.notNull())
    .addColumn('archived', 'integer', (column) => column.notNull())
    .addColumn('present', 'integer', (column) => column.notNull())
    .addColumn('refused', 'integer', (column) => column.notNull())
    .execute();
}

async function addRetention(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('store', 'varchar(253)').execute();
  const indexes: readonly Index[] = [
    ['runs_by_store', 'runs', ['store', 'workflow_uid']],
    ['runs_by_age', 'runs', ['workflow_uid', 'started', 'uid']],
    ['runs_by_record', 'runs', ['record_digest']],
  ];
  await createIndexes(db, indexes);
  await db.schema
    .createTable('released')
    .addColumn('store', 'varchar(253)', (column) => column.notNull())
    .addColumn('digest', 'varchar(160)', (column) => column.notNull())
    .addPrimaryKeyConstraint('released_pk', ['store', 'digest'])
    .execute();
}

async function addPolicyResults(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('judgements', 'integer').execute();
  await db.schema
    .createTable('policy_results')
    .addColumn('run_uid', 'varchar(64)', (column) => column.notNull().references('runs.uid').onDelete('cascade'))
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('kind', 'varchar(16)', (column) => column.notNull())
    .addColumn('policy', 'varchar(253)', (column) => column.notNull())
    .addColumn('material', 'varchar(512)', (column) => column.notNull())
    .addColumn('phase', 'varchar(8)', (column) => column.notNull())
    .addColumn('outcome', 'varchar(16)', (column) => column.notNull())
    .addColumn('violations', 'integer', (column) => column.notNull())
    .addColumn('waiver', 'varchar(253)')
    .addPrimaryKeyConstraint('policy_results_pk', ['run_uid', 'position'])
    .execute();
  await db.schema
    .createIndex('policy_results_by_policy')
    .on('policy_results')
    .columns(['policy', 'outcome', 'run_uid'])
    .execute();
}

async function addIntake(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('intake')
    .addColumn('gitoid', 'varchar(64)', (column) => column.primaryKey())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('reason', 'varchar(64)')
    .addColumn('message', 'text')
    .addColumn('origin', 'varchar(16)', (column) => column.notNull())
    .addColumn('account', 'varchar(512)', (column) => column.notNull())
    .addColumn('poster', 'varchar(512)')
    .addColumn('namespace', 'varchar(253)')
    .addColumn('workflow', 'varchar(253)')
    .addColumn('run', 'varchar(253)')
    .addColumn('run_uid', 'varchar(64)')
    .addColumn('material', 'varchar(63)')
    .addColumn('signer', 'text')
    .addColumn('refused_by', 'text')
    .addColumn('digest', 'varchar(160)', (column) => column.notNull())
    .addColumn('payload_digest', 'varchar(160)', (column) => column.notNull())
    .addColumn('predicate_type', 'varchar(512)', (column) => column.notNull())
    .addColumn('size', 'integer', (column) => column.notNull())
    .addColumn('body', 'text')
    .addColumn('kept', 'integer', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('due', 'varchar(32)', (column) => column.notNull())
    .addColumn('received', 'varchar(32)', (column) => column.notNull())
    .addColumn('expires', 'varchar(32)', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('intake_claims')
    .addColumn('claim', 'varchar(160)', (column) => column.notNull())
    .addColumn('gitoid', 'varchar(64)', (column) => column.notNull().references('intake.gitoid').onDelete('cascade'))
    .addPrimaryKeyConstraint('intake_claims_pk', ['claim', 'gitoid'])
    .execute();
  const indexes: readonly Index[] = [
    ['intake_by_state', 'intake', ['state', 'due']],
    ['intake_by_room', 'intake', ['kept', 'account']],
    ['intake_by_end', 'intake', ['expires']],
    ['intake_by_payload', 'intake', ['payload_digest', 'run_uid']],
    ['intake_claims_by_gitoid', 'intake_claims', ['gitoid']],
  ];
  await createIndexes(db, indexes);
}

async function addOutbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('id', 'varchar(128)', (column) => column.primaryKey())
    .addColumn('run_uid', 'varchar(64)', (column) => column.notNull())
    .addColumn('namespace', 'varchar(253)', (column) => column.notNull())
    .addColumn('name', 'varchar(32)', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('time', 'varchar(32)', (column) => column.notNull())
    .addColumn('written', 'varchar(32)', (column) => column.notNull())
    .addColumn('addressed', 'integer', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('deliveries')
    .addColumn('subscription_uid', 'varchar(64)', (column) => column.notNull())
    .addColumn('event_id', 'varchar(128)', (column) => column.notNull().references('events.id').onDelete('cascade'))
    .addColumn('run_uid', 'varchar(64)', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('due', 'varchar(32)', (column) => column.notNull())
    .addColumn('changed', 'varchar(32)', (column) => column.notNull())
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('deliveries_pk', ['subscription_uid', 'event_id'])
    .execute();
  const indexes: readonly Index[] = [
    ['events_to_address', 'events', ['addressed', 'written', 'run_uid', 'position']],
    ['deliveries_by_state', 'deliveries', ['subscription_uid', 'state', 'due']],
    ['deliveries_by_run', 'deliveries', ['subscription_uid', 'run_uid', 'position']],
    ['deliveries_by_event', 'deliveries', ['event_id']],
  ];
  await createIndexes(db, indexes);
}
