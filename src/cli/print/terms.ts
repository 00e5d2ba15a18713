import { excerpt } from '../../api/excerpt.ts';
import type { RunMessage } from '../../api/messages.ts';
import type { Finding } from '../../api/problem.ts';
import { trial } from '../../contract/trial.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';

/** A line of a run beside its materials: a title, and what is to be said. */
export type Field = readonly [title: string, text: string];

/** Runner, variables and annotations that the contract asks for: what they are, and what is wrong with them. */
export function termFields(io: Io, run: RunMessage): readonly Field[] {
  const { contract, runner = 'GENERIC', runnerProven = false, environment = {}, annotations = {} } = run;
  const findings = trial(contract, { ...run, runner, runnerProven, environment, annotations });
  const say = listing(io, findings);
  return [
    ...(contract.runner === undefined && contract.runnerProven !== true
      ? []
      : [['Runner', say('runner', `${runner}, ${runnerProven ? 'proven' : 'not proven'}`)] as const]),
    ...listed('Environment', contract.envAllowList, (name) => say(`envAllowList[${name}]`, pair(name, environment))),
    ...listed(
      'Annotations',
      contract.annotations.map(({ name }) => name),
      (name) => say(`annotations[${name}]`, pair(name, annotations)),
    ),
  ];
}

const pair = (name: string, values: Readonly<Record<string, string>>): string =>
  `${name}=${excerpt(Object.hasOwn(values, name) ? (values[name] ?? '') : '', 60)}`;

/** A text in one line, with what was found about it. */
const listing =
  (io: Io, findings: readonly Finding[]) =>
  (at: string, text: string): string => {
    const found = findings.find((finding) => finding.at === at);
    return found === undefined ? plain(text) : `${plain(text)} ${io.colours.red(`(${plain(found.message)})`)}`;
  };

const listed = (title: string, names: readonly string[], say: (name: string) => string): readonly Field[] =>
  names.length === 0 ? [] : [[title, names.map(say).join(', ')]];
