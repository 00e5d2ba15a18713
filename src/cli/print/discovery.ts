import type { DigestEdge, DiscoveryMessage } from '../../api/messages.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';

/** A run that was gone through, with all that it names. */
interface Run {
  readonly name: string;
  readonly succeeded: string;
  readonly distance: number;
  readonly edges: readonly DigestEdge[];
}

/** By which role the walk leaves a run, and by which it enters the next. */
const WAYS = {
  origins: { outOf: 'input', into: ['output', 'attestation', 'statement', 'evaluations'], word: 'from' },
  uses: { outOf: 'output', into: ['input'], word: 'into' },
} as const;

const NAMED_AS: Readonly<Record<DigestEdge['role'], (name: string) => string>> = {
  output: (name) => `made as ${name} by`,
  input: (name) => `used as ${name} by`,
  attestation: () => 'attests',
  statement: (name) => `states ${name} about`,
  evaluations: (name) => `says what policies said of ${name} in`,
};

const ELSEWHERE = '(shown elsewhere)';

/**
 * The walks from one digest as a tree: the digest, the runs that name it, what those were made from or made, and so on, each
 * step further in. A run or digest that is reached twice is gone through where it is nearest.
 */
export function formatDiscovery(io: Io, start: string, walks: readonly DiscoveryMessage[]): string {
  const trees = walks.map((walk) => ({ direction: walk.direction, tree: createTree(io, start, walk) }));
  const nearest = trees.flatMap(({ tree }) => tree.nearest);
  const lines = [...new Map(nearest.map((run) => [run.name, run])).values()].flatMap((run) => [
    ...headings(io, run, start, undefined).map((line) => `  ${line}`),
    ...trees.flatMap(({ tree }) => tree.within(run.name, '    ')),
  ]);
  const isCut = walks.some(({ truncated }) => truncated);
  return [
    start,
    ...lines,
    ...(isCut ? ['There is more than is gone through: give a smaller --depth, or go on from a digest above.'] : []),
  ].join('\n');
}

function createTree(io: Io, start: string, { edges, direction }: DiscoveryMessage) {
  const runs = runsOf(edges);
  const { outOf, into, word } = WAYS[direction];
  const isLeftBy = ({ role, digest }: DigestEdge): boolean => role === outOf && digest !== start;
  const firstAt = new Map<string, number>();
  for (const { digest, distance } of edges.filter(isLeftBy)) {
    firstAt.set(digest, Math.min(distance, firstAt.get(digest) ?? distance));
  }
  const naming = namingRuns(runs, into);
  const shown = new Set<string>();

  /** What a run leads to, and what that leads to. */
  function within(name: string, indent: string): readonly string[] {
    const run = runs.get(name);
    if (run === undefined || shown.has(name)) return [];
    shown.add(name);
    return run.edges.filter(isLeftBy).flatMap((edge) => {
      const line = `${indent}${word} ${plain(edge.name)} ${plain(edge.type)} ${edge.digest}`;
      const next = (naming.get(edge.digest) ?? []).filter((each) => each !== name);
      if (next.length === 0) return [line];
      if (shown.has(edge.digest) || firstAt.get(edge.digest) !== run.distance) return [`${line} ${ELSEWHERE}`];
      shown.add(edge.digest);
      return [line, ...next.flatMap((each) => below(each, edge.digest, run.distance, `${indent}  `))];
    });
  }

  function below(name: string, digest: string, distance: number, indent: string): readonly string[] {
    const run = runs.get(name);
    if (run === undefined) return [];
    const isHere = run.distance === distance + 1 && !shown.has(name);
    const lines = headings(io, run, digest, into).map((line) => `${indent}${line}`);
    return isHere ? [...lines, ...within(name, `${indent}  `)] : lines.map((line) => `${line} ${ELSEWHERE}`);
  }

  return { nearest: [...runs.values()].filter(({ distance }) => distance === 1), within };
}

function runsOf(edges: readonly DigestEdge[]): ReadonlyMap<string, Run> {
  const runs = new Map<string, Run & { readonly edges: DigestEdge[] }>();
  for (const edge of edges) {
    const name = `${edge.namespace}/${edge.run}`;
    const { succeeded, distance } = edge;
    const run = runs.get(name) ?? { name, succeeded, distance, edges: [] };
    run.edges.push(edge);
    runs.set(name, run);
  }
  return runs;
}

/** The names of the runs by the digests that they are entered from. */
function namingRuns(
  runs: ReadonlyMap<string, Run>,
  into: readonly DigestEdge['role'][],
): ReadonlyMap<string, string[]> {
  const naming = new Map<string, string[]>();
  for (const { name, edges } of runs.values()) {
    for (const digest of new Set(edges.filter(({ role }) => into.includes(role)).map((edge) => edge.digest))) {
      const names = naming.get(digest) ?? [];
      names.push(name);
      naming.set(digest, names);
    }
  }
  return naming;
}

/** What the digest is to the run, a line for each way in which it names it. */
function headings(
  io: Io,
  run: Run,
  digest: string,
  roles: readonly DigestEdge['role'][] | undefined,
): readonly string[] {
  const { green, red } = io.colours;
  const verdict = run.succeeded === 'True' ? green('accepted') : red('failed');
  return run.edges
    .filter((edge) => edge.digest === digest && (roles?.includes(edge.role) ?? true))
    .map(({ role, name }) => `${NAMED_AS[role](plain(name))} ${run.name} (${verdict})`);
}
