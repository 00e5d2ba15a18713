import { type Command, Option } from 'commander';
import { POLICY_OUTCOMES } from '../api/messages.ts';
import { askingCluster, repeated, type Within } from './command-parts.ts';
import type { ArchivePoliciesFlags } from './commands/archive-policies.ts';
import type { ArchiveRebuildFlags } from './commands/archive-rebuild.ts';
import type { ArchiveRunsFlags } from './commands/archive-runs.ts';
import type { ArchiveTotalsFlags } from './commands/archive-totals.ts';
import type { BackupFlags } from './commands/backup.ts';
import type { DiscoverFlags } from './commands/discover.ts';
import type { IntakeFlags } from './commands/intake.ts';
import type { PolicyEvalFlags } from './commands/policy-eval.ts';
import type { PolicyTestFlags } from './commands/policy-test.ts';
import type { ReportFlags } from './commands/report.ts';
import type { RestoreFlags } from './commands/restore.ts';
import type { MigrateFlags } from './commands/store-migrate.ts';

/** The flags that say which archived runs are meant. */
const withFilter = (command: Command): Command =>
  command
    .option('-w, --workflow <name>', 'of this workflow')
    .option('--project <name>', 'of this project')
    .option('--team <name>', 'of this team')
    .addOption(new Option('--succeeded <status>', 'accepted or failed').choices(['True', 'False']))
    .option('--reason <reason>', 'of the verdict, such as PolicyViolation')
    .option('--since <time>', 'started then or later: 2026-11-28, or 2026-11-28T10:00:00Z')
    .option('--until <time>', 'started before')
    .option('--digest <sha256>', 'of a material, the attestation or a statement')
    .option('--commit <sha>', 'the commit, or how it begins')
    .option('--signer <text>', 'a part of how the signer is shown')
    .option('--policy <name>', 'that a policy of this name was asked of')
    .addOption(new Option('--outcome <outcome>', 'that it, or else any policy, said this of').choices(POLICY_OUTCOMES))
    .option('--all', 'of every namespace whose runs may be read');

const period = (): Option =>
  new Option('--period <length>', 'a line for each, in UTC').choices(['day', 'month', 'all']).default('all');

export function addArchiveCommands(program: Command, within: Within): void {
  const archive = program.command('archive').description('ask the archive, which keeps runs that left the cluster');
  withFilter(archive.command('runs').description('list finished runs, the newest first'))
    .option('--limit <count>', 'how many at most', '50')
    .action((flags: ArchiveRunsFlags) =>
      within(async (session) => (await import('./commands/archive-runs.ts')).archiveRuns(session, flags)),
    );
  withFilter(
    archive.command('totals').description('show how many runs were accepted and failed, and how long they took'),
  )
    .addOption(
      new Option('--by <what>', 'a line for each').choices(['workflow', 'team', 'project']).default('workflow'),
    )
    .addOption(period())
    .action((flags: ArchiveTotalsFlags) =>
      within(async (session) => (await import('./commands/archive-totals.ts')).archiveTotals(session, flags)),
    );
  withFilter(archive.command('policies').description('show what each policy said of runs, and how often'))
    .addOption(period())
    .action((flags: ArchivePoliciesFlags) =>
      within(async (session) => (await import('./commands/archive-policies.ts')).archivePolicies(session, flags)),
    );
  archive
    .command('rebuild')
    .description('look through every evidence store for runs that the archive lacks')
    .option('--timeout <seconds>', 'how long to wait for the end', '600')
    .action((flags: ArchiveRebuildFlags) =>
      within(async (session) => (await import('./commands/archive-rebuild.ts')).archiveRebuild(session, flags)),
    );
  archive
    .command('retention')
    .description('show what the retention of evidence stores would remove now, and remove nothing')
    .action(() =>
      within(async (session) => (await import('./commands/archive-retention.ts')).archiveRetention(session)),
    );
  program
    .command('intake')
    .description(
      'show envelopes that Tekton Chains, Witness and the like sent, what became of them, and what waits and why',
    )
    .option('--all', 'of every namespace whose runs may be read, and what belongs to none yet')
    .option('--limit <count>', 'how many at most', '50')
    .action((flags: IntakeFlags) =>
      within(async (session) => (await import('./commands/intake.ts')).intake(session, flags)),
    );
  program
    .command('discover')
    .description('show what a digest was made with, and what was made with it')
    .argument('<digest>', 'sha256:…, of a material, an attestation or a statement')
    .addOption(
      new Option('--direction <way>', 'what it was made with, or what was made with it')
        .choices(['origins', 'uses', 'both'])
        .default('both'),
    )
    .option('--depth <count>', 'how many runs to go through, one behind the other', '3')
    .action((digest: string, flags: DiscoverFlags) =>
      within(async (session) => (await import('./commands/discover.ts')).discover(session, digest, flags)),
    );
}
export function addStoreCommands(program: Command, within: Within): void {
  const store = program
    .command('store')
    .description("work with evidence stores, with the rights of one's own kubeconfig");
  askingCluster(
    store.command('migrate').description('have an evidence store moved to another one, and wait for the end'),
  )
    .argument('<from>', 'the EvidenceStore that is moved')
    .argument('<to>', 'the EvidenceStore that serves its name afterwards')
    .option('--leave-damaged', 'move it though objects are damaged or missing, which are lost then')
    .option('--timeout <seconds>', 'how long to wait for the end', '3600')
    .option('--no-wait', 'ask for it, and wait for nothing')
    .action((from: string, to: string, flags: MigrateFlags) =>
      within(async (session) => (await import('./commands/store-migrate.ts')).storeMigrate(session, from, to, flags)),
    );
}

const withInstallation = (command: Command): Command =>
  askingCluster(command).option('--system-namespace <name>', "Proviso's own namespace", 'proviso-system');

export function addBackupCommands(program: Command, within: Within): void {
  withInstallation(
    program.command('backup').description('save what an installation can not make anew, but for the evidence'),
  )
    .requiredOption('--to <directory>', 'where to; it must not be there yet')
    .option('--no-secrets', 'leave out the key that the control plane signs with')
    .action((flags: BackupFlags) =>
      within(async (session) => (await import('./commands/backup.ts')).backup(session, flags)),
    );
  withInstallation(program.command('restore').description('bring back what a backup has'))
    .argument('<directory>', 'the backup')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--replace', 'make objects that differ as the backup has them')
    .option('--timeout <seconds>', 'how long to wait for objects to be Ready', '120')
    .action((directory: string, flags: RestoreFlags) =>
      within(async (session) => (await import('./commands/restore.ts')).restore(session, directory, flags)),
    );
}

export function addReportCommand(program: Command, within: Within): void {
  askingCluster(
    program.command('report').description('show how workflows and teams stand, what is open, and what is waived'),
  )
    .option('-A, --all', 'of every namespace')
    .option('--since <when>', 'runs that were opened then or later: 30d, or a day such as 2026-11-28', '30d')
    .option('--html <file>', 'write it there too, as a page')
    .option('--fail-under <percent>', 'end with 3 if fewer of the runs with a verdict were accepted')
    .action((flags: ReportFlags) =>
      within(async (session) => (await import('./commands/report.ts')).report(session, flags)),
    );
}

export function addPolicyCommands(program: Command, within: Within): void {
  const policy = program.command('policy').description('work with policies');
  policy
    .command('eval')
    .description('see what a policy says about a document, without a cluster')
    .argument('<file>', 'YAML with one Policy or ClusterPolicy')
    .requiredOption('-i, --input <document>', 'the material, or the statement of an attestation')
    .option('-t, --type <type>', 'the type of the material, where the policy is for several')
    .option('--source <file>', 'the source, where it is not inline')
    .addOption(repeated('-s, --set <name=value>', 'an input of the policy; may be repeated', "the policy's defaults"))
    .option('--at <time>', 'the time that it is judged by (default: now)')
    .action((file: string, flags: PolicyEvalFlags) =>
      within(async (session) => (await import('./commands/policy-eval.ts')).policyEval(session, file, flags)),
    );
  policy
    .command('test')
    .description('run the tests of policies, without a cluster, and see how much of each they came by')
    .argument('<path>', 'a directory with files NAME.test.yaml, or one such file')
    .option('--junit <file>', 'write a JUnit report there')
    .option('--covered', 'fail also where a part of a policy is left out by its tests')
    .action((path: string, flags: PolicyTestFlags) =>
      within(async (session) => (await import('./commands/policy-test.ts')).policyTest(session, path, flags)),
    );
}
