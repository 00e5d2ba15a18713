import type { ContractMaterialMessage, RunMessage } from '../../api/messages.ts';
import type { RecordedMaterial } from '../../api/types.gen.ts';
import type { Io } from '../io.ts';
import { formatBytes, shortDigest } from './bytes.ts';
import { plain } from './plain.ts';
import { formatTable } from './table.ts';

/** What the contract asks for and what is there, one line a material, and then what to type next. */
export function formatRun(io: Io, run: RunMessage): string {
  const { contract, completeness } = run;
  const names = new Set(contract.materials.map(({ name }) => name));
  const rows = [
    ...contract.materials.map((asked) => askedRow(io, asked, find(run.materials, asked.name))),
    ...run.materials
      .filter(({ name }) => !names.has(name))
      .map((extra) => row(io, extra.name, extra.type, 'no', extra)),
  ];
  const lines = [
    `${io.colours.bold('Run')}       ${run.run === '' ? '(dry run)' : `${run.namespace}/${run.run}`}`,
    `${io.colours.bold('Contract')}  ${contract.name}, revision ${contract.revision}`,
    `${io.colours.bold('Verdict')}   ${formatVerdict(io, run)}`,
    `${io.colours.bold('Deadline')}  ${run.deadline}`,
    `${io.colours.bold('Evidence')}  ${completeness.present}/${completeness.required} of what is required`,
  ];
  if (rows.length > 0)
    lines.push('', formatTable(io, ['Material', 'Type', 'Required', 'Status', 'Digest', 'Size'], rows));
  if (run.succeeded === 'Unknown') lines.push('', formatNext(io, run));
  return lines.join('\n');
}

/** The verdict in one line. */
export function formatVerdict(io: Io, { succeeded, reason, message }: RunMessage): string {
  const { green, red, yellow } = io.colours;
  const colour = succeeded === 'True' ? green : succeeded === 'False' ? red : yellow;
  const word = succeeded === 'Unknown' ? 'open' : succeeded === 'True' ? 'passed' : 'failed';
  return `${colour(word)}, ${reason}: ${plain(message)}`;
}

const find = (materials: readonly RecordedMaterial[], name: string): RecordedMaterial | undefined =>
  materials.find((material) => material.name === name);

function askedRow(io: Io, asked: ContractMaterialMessage, found: RecordedMaterial | undefined): readonly string[] {
  const required = asked.group === undefined ? (asked.optional ? 'no' : 'yes') : `one of ${asked.group}`;
  return row(io, asked.name, asked.type, required, found);
}

function row(
  io: Io,
  name: string,
  type: string,
  required: string,
  found: RecordedMaterial | undefined,
): readonly string[] {
  const { green, yellow, dim } = io.colours;
  if (found === undefined) return [name, type, required, required === 'no' ? dim('-') : yellow('missing'), '', ''];
  return [name, type, required, green('added'), shortDigest(found.digest), formatBytes(found.size)];
}

/** What is wrong with a material and was let through, a line each. */
export const formatTolerated = (io: Io, { tolerated = [] }: RecordedMaterial): string =>
  tolerated
    .map(
      ({ at, message }) =>
        `${io.colours.yellow('tolerated')} ${plain(at === undefined ? message : `${at}: ${message}`)}\n`,
    )
    .join('');

/** What to type next. */
export function formatNext(io: Io, run: Pick<RunMessage, 'contract' | 'completeness'>): string {
  const next = nextCommands(run);
  return `${io.colours.cyan('Next:')} ${next.join('\n      ')}`;
}

const VALUE_OF: Readonly<Record<string, string>> = { STRING: 'TEXT', CONTAINER_IMAGE: 'IMAGE' };

/** One command for each thing that is missing, then push. */
export function nextCommands({
  contract,
  completeness,
}: Pick<RunMessage, 'contract' | 'completeness'>): readonly string[] {
  if (completeness.complete) return [pushCommand(contract.signers)];
  return completeness.missing.map(({ name, hint }) => {
    const material = contract.materials.find((asked) => asked.name === name);
    return material === undefined ? hint : addCommand(material);
  });
}

function addCommand({ name, type, annotations }: ContractMaterialMessage): string {
  const asked = annotations.filter(({ value }) => !value).map((annotation) => ` --annotation ${annotation.name}=VALUE`);
  return `proviso add ${name} ${VALUE_OF[type] ?? 'FILE'}${asked.join('')}`;
}

const pushCommand = (signers: readonly string[]): string => `proviso push${signers.length === 0 ? '' : ' --key FILE'}`;
