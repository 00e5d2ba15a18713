import type { ContractMessage } from '../../api/contract-messages.ts';
import type { RunMessage } from '../../api/messages.ts';
import { addCommand, settling } from '../../contract/asked.ts';
import type { Io } from '../io.ts';
import { wouldFail } from './objections.ts';
import { plain } from './plain.ts';

/** What to type next, a command a line. */
export function formatNext(io: Io, commands: readonly string[]): string {
  return `${io.colours.cyan('Next:')} ${commands.map(plain).join('\n      ')}`;
}

/** One command for each thing that is owed, of a group one for each of its materials, and for each that fails the run; then how to push. */
export function nextCommands({
  contract,
  completeness,
  materials,
}: Pick<RunMessage, 'contract' | 'completeness' | 'materials'>): readonly string[] {
  const owed = completeness.missing.flatMap(({ name, hint }) => {
    const [first, ...others] = settling(contract, name).map(addCommand);
    return first === undefined ? [hint] : [first, ...others.map((command) => `# or: ${command}`)];
  });
  const failing = materials.filter((material) => wouldFail(contract, [material]));
  const commands = [...owed, ...failing.map(({ name }) => replaceCommand(contract, name))];
  return commands.length === 0 ? pushCommands(contract) : commands;
}

function replaceCommand({ materials }: ContractMessage, name: string): string {
  const asked = materials.find((material) => material.name === name);
  return `${asked === undefined ? `proviso add ${name} FILE` : addCommand(asked)} --replace`;
}

/** What to type about a run as it stands: of one that isn't the one remembered here, after saying which is meant. */
export function commandsFor(run: RunMessage, isCurrent: boolean): readonly string[] {
  const name = `${run.namespace}/${run.run}`;
  if (run.uid === undefined) return ['proviso init'];
  if (run.succeeded === 'True') return [`proviso verify ${name}`];
  // The next run of a pipeline in the cluster is for the pipeline to open.
  if (run.succeeded === 'False') return run.owner === undefined ? ['proviso init'] : [];
  return [...(isCurrent ? [] : [`export PROVISO_RUN=${name}`]), ...nextCommands(run)];
}

const isKey = (signer: string): boolean => signer.startsWith('SHA256:');

/** A key signs here; identities of elsewhere, and several signers, sign with a tool that can do that. */
function pushCommands({ signers, signerThreshold = 1 }: ContractMessage): readonly string[] {
  if (signers.length === 0) return ['proviso push'];
  if (signerThreshold === 1 && signers.some(isKey)) return ['proviso push --key FILE'];
  const count = signerThreshold === 1 ? 'one' : String(signerThreshold);
  return [
    'proviso push --statement statement.json',
    `# have it signed by ${count} of: ${signers.join(', ')}`,
    'proviso push --attestation FILE',
  ];
}
