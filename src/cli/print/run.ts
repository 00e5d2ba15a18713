import type { ContractMessage } from '../../api/contract-messages.ts';
import type { RunMessage } from '../../api/messages.ts';
import { standing } from '../../contract/standing.ts';
import type { Io } from '../io.ts';
import { formatMaterials } from './materials.ts';
import { commandsFor, formatNext } from './next.ts';
import { formatObjections } from './objections.ts';
import { plain } from './plain.ts';
import { type Field, termFields } from './terms.ts';

/**
 * A run: what its contract asks for and what is there, one line a material, and then what to type next. `isCurrent`: the
 * commands that are typed here are about this run.
 */
export function formatRun(io: Io, run: RunMessage, isCurrent = true): string {
  const { contract, completeness } = run;
  const rows = standing(contract, run.materials);
  const commands = commandsFor(run, isCurrent);
  const head: readonly Field[] = [
    ['Run', `${run.namespace}/${run.run}${run.uid === undefined ? ' (dry run)' : ''}`],
    ['Contract', `${contract.name}, revision ${contract.revision}`],
    ['Verdict', formatVerdict(io, run)],
    ['Deadline', run.deadline],
    ['Evidence', `${completeness.present}/${completeness.required} of what is required`],
    ...policyField(contract),
    ...refusalField(io, run),
  ];
  return [
    formatFields(io, head),
    ...(rows.length === 0 ? [] : [formatMaterials(io, rows)]),
    ...[formatObjections(io, contract, run.materials, run.policies).join('\n')].filter(Boolean),
    ...[formatFields(io, termFields(io, run))].filter(Boolean),
    ...(commands.length === 0 ? [] : [formatNext(io, commands)]),
  ].join('\n\n');
}

const TITLE_WIDTH = 13;

const formatFields = ({ colours: { bold } }: Io, fields: readonly Field[]): string =>
  fields.map(([title, text]) => `${bold(title)}${' '.repeat(TITLE_WIDTH - title.length)}${text}`).join('\n');

/** Which policies judge the run, and what. */
function policyField({ policies = [] }: ContractMessage): readonly Field[] {
  if (policies.length === 0) return [];
  const said = policies.map(({ name, material, types, gate }) => {
    const judged = material ?? types?.join(', ') ?? 'the attestation';
    return `${name} (${judged}${gate ? ', gate' : ''})`;
  });
  return [['Policies', plain(said.join(', '))]];
}

function refusalField({ colours: { red } }: Io, { refusals, succeeded }: RunMessage): readonly Field[] {
  if (refusals?.last === undefined || succeeded === 'True') return [];
  const { code, message } = refusals.last;
  const pushes = refusals.count === 1 ? 'a push was' : `${refusals.count} pushes were`;
  return [['Refused', red(plain(`${pushes} refused, the last one with ${code}: ${message}`))]];
}

/** The verdict in one line. */
export function formatVerdict(io: Io, { succeeded, reason, message }: RunMessage): string {
  const { green, red, yellow } = io.colours;
  const colour = succeeded === 'True' ? green : succeeded === 'False' ? red : yellow;
  const word = succeeded === 'Unknown' ? 'open' : succeeded === 'True' ? 'passed' : 'failed';
  return `${colour(word)}, ${reason}: ${plain(message)}`;
}
