import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Figure, figureMarkdown } from './figures.ts';
import { GROUPS, type Group } from './groups.ts';
import { machine } from './machine.ts';

/**
 * `make bench`: runs the groups one after the other, each in a process of its own, shows their tables, and writes all of it to
 * `tmp/bench.json` and `tmp/bench.md`; with `--docs` also into docs/performance.md. Names of groups take only those.
 * Judges nothing: a busy machine would make any threshold a lie.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { docs: { type: 'boolean' } } });
const PAGE = 'docs/performance.md';
const [BEGIN, END] = ['<!-- figures: begin -->', '<!-- figures: end -->'];
const OUT = 'tmp';

interface Measured extends Group {
  readonly seconds: number;
  readonly figures: readonly Figure[];
}

await mkdir(OUT, { recursive: true });
const measured: Measured[] = [];
for (const group of GROUPS.filter(({ folder }) => positionals.length === 0 || positionals.includes(folder))) {
  console.log(`\n# ${group.title}`);
  measured.push(await measure(group));
}
const facts = machine();
await writeFile(`${OUT}/bench.json`, `${JSON.stringify({ machine: facts, groups: measured }, null, 2)}\n`);
const markdown = [factsLine(), ...measured.map(section)].join('\n\n');
await writeFile(`${OUT}/bench.md`, `${markdown}\n`);
if (values.docs) await intoPage(markdown);
console.log(`\nwritten to ${OUT}/bench.json and ${OUT}/bench.md${values.docs ? `, and into ${PAGE}` : ''}`);

async function measure(group: Group): Promise<Measured> {
  const file = `${OUT}/bench-${group.folder}.json`;
  const started = performance.now();
  const main = new URL(`./${group.folder}/main.ts`, import.meta.url).pathname;
  const env = { ...process.env, ...group.env, PROVISO_BENCH_OUT: file };
  const [code] = await once(spawn(process.execPath, [main], { stdio: 'inherit', env }), 'exit');
  if (code !== 0) throw new Error(`the benchmark of ${group.folder} ended with ${code}`);
  const figures = JSON.parse(await readFile(file, 'utf8')) as Figure[];
  await rm(file);
  return { ...group, seconds: (performance.now() - started) / 1000, figures };
}

function factsLine(): string {
  const { date, commit, processor, cores, memoryGB, node, kubernetes } = facts;
  const minutes = (measured.reduce((sum, { seconds }) => sum + seconds, 0) / 60).toFixed(0);
  return `Measured on ${date} at ${commit} in ${minutes} minutes: ${cores} cores of ${processor}, ${memoryGB} GB, Node ${node}, Kubernetes ${kubernetes}; client, API server, etcd, operator and receiver share them.`;
}

function section({ title, seconds, figures }: Measured): string {
  return `### ${title}\n\n${figureMarkdown(figures)}\n\n${seconds.toFixed(0)} s.`;
}

async function intoPage(text: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has to have the lines ${BEGIN} and ${END}`);
  await writeFile(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`);
}
