import { excerpt } from '../../api/excerpt.ts';
import { HEALTH_REASON } from '../../api/reasons.ts';
import type { Finding } from './findings.ts';
import { type AcceptedRun, SAMPLE } from './history.ts';
import { DAY_MS } from './rates.ts';
import { MIN_SAMPLE, materialsVary, usualMaterials } from './usual.ts';

/** Names of a run that a message lists; it says how many more there are. */
const MAX_NAMED = 5;

/** What was unusual of the runs of a day, and until when it is told. */
export interface Unusual {
  readonly findings: readonly Finding[];
  /** When the first of them is a day old, in milliseconds. */
  readonly until?: number;
}

/**
 * What accepted runs of the last day had that none of the 20 before them had, or lacked that those usually have. It stands for
 * a day and not until the next run, so that whoever comes twice isn't usual before somebody could look.
 */
export function findUnusual(accepted: readonly AcceptedRun[], now: number): Unusual {
  const recent = accepted.slice(0, SAMPLE).filter(({ end }) => end > now - DAY_MS);
  const found = recent.flatMap((run, index) => {
    const earlier = accepted.slice(index + 1, index + 1 + SAMPLE);
    const findings = earlier.length < MIN_SAMPLE ? [] : compare(run, earlier);
    return findings.map((finding) => ({ finding, until: run.end + DAY_MS }));
  });
  if (found.length === 0) return { findings: [] };
  return { findings: found.map(({ finding }) => finding), until: Math.min(...found.map(({ until }) => until)) };
}

const compare = (run: AcceptedRun, earlier: readonly AcceptedRun[]): readonly Finding[] => [
  ...compareSigners(run, earlier),
  ...compareRunner(run, earlier),
  ...compareMaterials(run, earlier),
];

function compareSigners(run: AcceptedRun, earlier: readonly AcceptedRun[]): readonly Finding[] {
  const unknown = [...run.signers].filter(([key]) => !earlier.some(({ signers }) => signers.has(key)));
  if (unknown.length === 0) return [];
  const names = list(unknown.map(([, display]) => display));
  const message =
    `the run ${run.name} was signed by ${names}, who signed none of the ${earlier.length} accepted runs before it. ` +
    'If no key or pipeline was changed on purpose, find out who could sign before you rely on the run';
  return [{ reason: HEALTH_REASON.UnusualSigner, run: run.name, message }];
}

function compareRunner(run: AcceptedRun, earlier: readonly AcceptedRun[]): readonly Finding[] {
  if (earlier.some(({ runner }) => runner === run.runner)) return [];
  const before = list([...new Set(earlier.map(({ runner }) => runner))]);
  const message =
    `the run ${run.name} came from ${run.runner}, where the ${earlier.length} accepted runs before it came from ${before}. ` +
    'If the pipeline was not moved on purpose, find out who handed it in';
  return [{ reason: HEALTH_REASON.NewRunner, run: run.name, message }];
}

function compareMaterials(run: AcceptedRun, earlier: readonly AcceptedRun[]): readonly Finding[] {
  const lacking = usualMaterials(earlier).filter((name) => !run.materials.has(name));
  const added = [...run.materials].filter((name) => !earlier.some(({ materials }) => materials.has(name)));
  const odd = added.length === 0 || materialsVary(earlier) ? [] : added;
  if (lacking.length === 0 && odd.length === 0) return [];
  const parts = [
    ...(lacking.length === 0 ? [] : [`lacks ${list(lacking)}, which at least nine of ten before it had`]),
    ...(odd.length === 0 ? [] : [`has ${list(odd)}, which none before it had`]),
  ];
  const message =
    `the run ${run.name} ${parts.join(', and ')} (${earlier.length} accepted runs). ` +
    'If neither the contract nor the pipeline was changed on purpose, compare the run with the one before it';
  return [{ reason: HEALTH_REASON.UnusualMaterials, run: run.name, message }];
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map((name) => `'${excerpt(name)}'`);
  const more = names.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`${more} more`])].join(', ');
}
