import { Argument, Command, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import {
  addArchiveCommands,
  addBackupCommands,
  addPolicyCommands,
  addReportCommand,
  addStoreCommands,
} from './administration.ts';
import { addAuditCommands } from './audit.ts';
import { askingCluster, repeated, type Within } from './command-parts.ts';
import type { AddFlags } from './commands/add.ts';
import type { TryFlags } from './commands/contract-try.ts';
import type { DownloadFlags } from './commands/download.ts';
import type { EvaluateFlags } from './commands/evaluate.ts';
import type { ImportFlags } from './commands/import.ts';
import type { InitFlags } from './commands/init.ts';
import type { PushFlags } from './commands/push.ts';
import type { ResetFlags } from './commands/reset.ts';
import type { RunsFlags } from './commands/runs.ts';
import type { TreeFlags } from './commands/tree.ts';
import type { VerifyFlags } from './commands/verify-flags.ts';
import type { Shell } from './completion/script.ts';
import type { Io } from './io.ts';
import type { GlobalFlags, Session } from './session.ts';

/** What the help of the program ends with, and its manual page. */
export const EXAMPLES = `
A run, step by step:
  proviso init                       open a run and see what it owes
  proviso add sbom sbom.cdx.json     hand in a material
  proviso status                     see what is there and what is missing
  proviso push                       sign, hand in, and get the verdict

Exit codes: 0 fine, 1 error, 2 usage, 3 contract not met, 4 blocked by a policy gate.`;

const MATERIAL = `its name in the contract, or one of your own, and what it is: a file; a text for STRING; an image or an OCI layout for
CONTAINER_IMAGE; also oci://… for HELM_CHART`;

const VERIFY_EXAMPLES = `
One of four, each with the options that belong to it; any other is refused:
  proviso verify shop/build-1f2e3d4c5b
      a run again: its bytes, who signed them, and what the control plane signed about it
  proviso verify --artifact app.tgz --workflow shop/build
      the accepted run that an artifact is of; --key instead of the keys that the receiver tells
  proviso verify --vsa vsa.json --artifact app.tgz --workflow shop/build --key control-plane-keys.json
      the same from files, without the cluster; with --attestation also who signed that (--signer-key, or --identity
      with --ca or --trusted-root) and what it names (--material)
  proviso verify --bundle bundle.json --key cosign.pub
      an attestation alone; --identity with --ca, or with --trusted-root and --issuer, instead of --key

The keys of the control plane, as everybody with an account may read them:
  kubectl get configmap -n proviso-system proviso-control-plane-keys -o 'jsonpath={.data.control-plane-keys\\.json}'`;

/** The command line: every command with its flags. A command is loaded only when it is run. */
export function createProgram(io: Io, onOutcome: (code: number) => void, name = 'proviso'): Command {
  const program = new Command(name)
    .description('Hand in the evidence that a pipeline owes, and see the verdict of the cluster.')
    .version(manifest.version)
    .option('--dir <path>', 'directory with the keys of the Secret that the operator made')
    .option('-n, --namespace <name>', 'namespace of the workflow')
    .addOption(new Option('-o, --output <format>', 'table or json').choices(['table', 'json']).default('table'))
    .addHelpText('after', EXAMPLES)
    .helpCommand(true)
    .showSuggestionAfterError(true)
    .exitOverride()
    // What is wrong is told by the caller; the help of a bare command goes the same way as a refusal.
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: () => {},
    });

  let command = '';
  program.hook('preAction', (_program, action) => {
    command = fullName(action);
  });
  const within = async (work: (session: Session) => Promise<number>): Promise<void> => {
    // Help needs neither TLS nor keys, and should be there at once.
    const { createSession } = await import('./session.ts');
    const { beginTrace } = await import('./trace.ts');
    const trace = await beginTrace(io, command);
    const session = createSession(io, program.opts<GlobalFlags>(), trace.traceparent);
    try {
      onOutcome(await work(session));
      await trace.end();
    } catch (error) {
      await trace.end(error);
      throw error;
    } finally {
      session.close();
    }
  };

  addRunCommands(program, within);
  addReadCommands(program, within);
  addArchiveCommands(program, within);
  addContractCommands(program, within);
  addPolicyCommands(program, within);
  addStoreCommands(program, within);
  addBackupCommands(program, within);
  addReportCommand(program, within);
  addAuditCommands(program, within);
  addCompletion(program, io, () => createProgram(io, onOutcome));
  return program;
}

/** `archive runs`, as it is typed. */
const fullName = (command: Command): string =>
  command.parent?.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();

/** Shells complete it under its own name, however it was called. */
function addCompletion(program: Command, io: Io, itself: () => Command): void {
  program
    .command('completion')
    .description('print what a shell reads to complete command lines: source <(proviso completion bash)')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => io.out((await import('./completion/script.ts')).completionScript(itself(), shell)));
}

function addContractCommands(program: Command, within: Within): void {
  const contract = program.command('contract').description('work with contracts');
  contract
    .command('history')
    .description('list what a contract has meant, the newest revision first')
    .argument('<name>', 'the Contract')
    .action((name: string) =>
      within(async (session) => (await import('./commands/contract-revisions.ts')).contractHistory(session, name)),
    );
  contract
    .command('diff')
    .description('show what changed between two revisions of a contract')
    .argument('<name>', 'the Contract')
    .argument('[from]', 'a revision (default: the one before)')
    .argument('[to]', 'another (default: the one in force)')
    .action((name: string, from: string | undefined, to: string | undefined) =>
      within(async (session) =>
        (await import('./commands/contract-revisions.ts')).contractDiff(session, name, from, to),
      ),
    );
  contract
    .command('try')
    .description('judge the runs on record by a draft, and write nothing')
    .argument('<file>', 'YAML with one Contract')
    .option('-w, --workflow <name>', 'runs of this workflow (default: those of a contract of the same name)')
    .option('--limit <count>', 'of how many of the newest runs', '20')
    .action((file: string, flags: TryFlags) =>
      within(async (session) => (await import('./commands/contract-try.ts')).contractTry(session, file, flags)),
    );
  contract
    .command('lint')
    .description('check a file as kubectl apply would, without a cluster')
    .argument(
      '<file>',
      'YAML with Contracts, Workflows, EvidenceStores, TrustRoots, Policies, PolicyGroups, Waivers or Subscriptions',
    )
    .action((file: string) =>
      within(async (session) => (await import('./commands/contract-lint.ts')).contractLint(session, file)),
    );
  program
    .command('import')
    .description('turn Chainloop contracts, policies and groups into objects of ours, as YAML for kubectl apply')
    .argument('<file...>', 'contracts of either generation of its schema, policies and groups, YAML or JSON')
    .option('--name <name>', 'of a document that has none of its own (default: of the file)')
    .option('--cluster', 'make ClusterPolicies and ClusterPolicyGroups')
    .option('--allow-loss', 'write what can be carried over, though not everything can')
    .action((files: readonly string[], flags: ImportFlags) =>
      within(async (session) => (await import('./commands/import.ts')).importFiles(session, files, flags)),
    );
}

function addRunCommands(program: Command, within: Within): void {
  program
    .command('init')
    .description('open a run and show what it owes')
    .option('-w, --workflow <name>', 'the workflow (default: of the Secret, or PROVISO_WORKFLOW)')
    .addOption(repeated('-a, --annotation <name=value>', 'an annotation of the attestation; may be repeated'))
    .option('--replace', 'open a new run although one was opened here')
    .option('--idempotency-key <text>', 'the same key finds the same run again')
    .option('--dry-run', 'show what a run would owe, and open none')
    .action((flags: InitFlags) => within(async (session) => (await import('./commands/init.ts')).init(session, flags)));
  program
    .command('add')
    .description('hand in a material')
    .usage('[options] <name> <value> | <name=value...>')
    .argument('<material...>', MATERIAL)
    .option('-t, --type <type>', 'the type of a material that the contract does not name (default: what it looks like)')
    .addOption(repeated('-a, --annotation <name=value>', 'an annotation of the material; may be repeated'))
    .option('--replace', 'put it in the place of other content that was handed in under the name')
    .option('--explode', 'hand in each file of a zip or tar.gz as a material of its own')
    .option('--plain-http', 'ask a registry without TLS that is not on this machine')
    .action((materials: readonly string[], flags: AddFlags) =>
      within(async (session) => (await import('./commands/add.ts')).add(session, materials, flags)),
    );
  program
    .command('push')
    .description('sign the statement, hand it in, and print the verdict')
    .option('-k, --key <file>', 'a private key, or env://NAME (default: a certificate of the cluster)')
    .option('-b, --bundle <file>', 'write the signed bundle there')
    .option('--statement <file>', 'write the statement there, for another tool to sign, and hand nothing in')
    .option('--attestation <file>', 'hand in what another tool has signed: a bundle, an envelope, …')
    .option('--no-submit', 'sign and write the bundle, and hand nothing in')
    .action((flags: PushFlags) => within(async (session) => (await import('./commands/push.ts')).push(session, flags)));
  program
    .command('reset')
    .description('end the open run')
    .option('--trigger <why>', 'failure or cancellation', 'failure')
    .option('--reason <text>', 'a sentence for people')
    .option('--if-open', 'leave a run that has its verdict as it is, and say so')
    .action((flags: ResetFlags) =>
      within(async (session) => (await import('./commands/reset.ts')).reset(session, flags)),
    );
}

function addReadCommands(program: Command, within: Within): void {
  program
    .command('status')
    .description('show what is there, missing and wrong, and what to type next')
    .argument('[run]', 'NAMESPACE/RUN (default: the run opened here, or PROVISO_RUN)')
    .action((run: string | undefined) =>
      within(async (session) => (await import('./commands/status.ts')).status(session, run)),
    );
  program
    .command('evaluate')
    .description('judge runs that are over by what is in force now; their verdicts stay')
    .argument('[run]', 'NAMESPACE/RUN (default: the latest of a workflow)')
    .option('-w, --workflow <name>', 'those of this workflow')
    .option('--limit <count>', 'how many at most', '20')
    .option('--dry-run', 'write nothing on the runs')
    .action((run: string | undefined, flags: EvaluateFlags) =>
      within(async (session) => (await import('./commands/evaluate.ts')).evaluate(session, run, flags)),
    );
  program
    .command('runs')
    .description('list runs, the newest first')
    .option('-w, --workflow <name>', 'of this workflow')
    .option('--all', 'of every workflow in the namespace')
    .option('--limit <count>', 'how many at most', '20')
    .action((flags: RunsFlags) => within(async (session) => (await import('./commands/runs.ts')).runs(session, flags)));
  askingCluster(program.command('tree').description('show a workflow or a run, and all that belongs to it'))
    .argument('<target>', 'workflow/NAME or run/NAME')
    .option('--limit <count>', 'how many runs of a workflow, the newest', '5')
    .action((target: string, flags: TreeFlags) =>
      within(async (session) => (await import('./commands/tree.ts')).tree(session, target, flags)),
    );
  program
    .command('verify')
    .description('check an accepted run again, an artifact, or files without the cluster')
    .argument('[run]', 'NAMESPACE/RUN (default: the run opened here, or PROVISO_RUN)')
    .option('--artifact <file>', 'the artifact that a run must have been accepted with')
    .option('--digest <sha256>', 'its digest instead')
    .option('--workflow <namespace/name>', 'the workflow that it must come from')
    .option('--resource-uri <uri>', 'what it must have been accepted as (default: of --workflow)')
    .addOption(repeated('--level <level>', 'a level that must be reached; may be repeated', 'PROVISO_CONTRACT_MET'))
    .option('--vsa <file>', 'the verification summary, checked without the cluster')
    .option('--verifier-id <uri>', 'who must have verified (default: as in control-plane-keys.json)')
    .option('-b, --bundle <file>', 'the bundle of an attestation, checked without the cluster')
    .option('-k, --key <file>', 'the key that must have signed: a public key, or control-plane-keys.json')
    .option('--attestation <file>', 'the attestation that the summary must be about')
    .option('--signer-key <file>', 'the public key that must have signed that attestation')
    .addOption(repeated('--material <name=file>', 'a material that it must name; may be repeated'))
    .option('--ca <file>', 'the authorities, PEM, one of which must have issued the certificate')
    .option('--trusted-root <file>', 'the Sigstore trusted_root.json that the certificate is checked against')
    .option('--identity <name>', 'the identity that the certificate must carry')
    .option('--issuer <url>', 'the OIDC issuer that the certificate must name')
    .option('--at <time>', 'when it was handed in; certificates live ten minutes (default: now)')
    .addHelpText('after', VERIFY_EXAMPLES)
    .action((run: string | undefined, flags: VerifyFlags) =>
      within(async (session) => (await import('./commands/verify.ts')).verify(session, run, flags)),
    );
  program
    .command('download')
    .description('get evidence by its digest')
    .argument('[digest]', 'sha256:…, as status and kubectl show it; with --statement a run')
    .option('-f, --file <path>', 'where to put it')
    .option('--statement <name>', 'what the cluster signed about a run: vsa or provenance')
    .option('--link', 'print a URL of the store that is good for minutes, instead of getting the bytes')
    .action((what: string | undefined, flags: DownloadFlags) =>
      within(async (session) => (await import('./commands/download.ts')).download(session, what, flags)),
    );
}
