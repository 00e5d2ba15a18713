import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { discover } from './discover.ts';
import { junitReport } from './junit.ts';
import { endAll, type FileResult, runFile } from './run-file.ts';

/**
 * Runs test files, each in a process of its own: `node test/runner/main.ts [--jobs N] [--junit FILE] [--notes] [paths…]`.
 * With `--notes` it shows the lines that begin with `»`, by which a file tells what it has seen. Closes with one line
 * `N passed, N failed` and exits 1 unless everything passed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '2' }, junit: { type: 'string' }, notes: { type: 'boolean' } },
});
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs takes a number from 1 on, not '${values.jobs}'`);
const files = await discover(positionals.length === 0 ? ['test'] : positionals);
const waiting = [...files];
const results: FileResult[] = [];

// The files run in groups of their own, which Ctrl-C in a terminal doesn't reach.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    endAll();
    process.exit(130);
  });
}

async function work(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const result = await runFile(file);
    results.push(result);
    report(result);
  }
}

function report({ file, passed, failed, problem, output, seconds }: FileResult): void {
  const name = relative(process.cwd(), file);
  const sign = failed === 0 ? 'ok  ' : 'FAIL';
  console.log(
    `${sign} ${name}  ${passed}/${passed + failed}  ${seconds.toFixed(1)} s${problem === undefined ? '' : `  ${problem}`}`,
  );
  if (failed > 0) console.log(output.trimEnd().replaceAll(/^/gm, '     | '));
  else if (values.notes) for (const [note] of output.matchAll(/^» .*$/gm)) console.log(`     ${note.slice(2)}`);
}

await Promise.all(Array.from({ length: jobs }, work));
if (values.junit !== undefined) await writeFile(values.junit, junitReport(results));
const sum = (pick: (result: FileResult) => number): number => results.reduce((total, each) => total + pick(each), 0);
const failed = sum((each) => each.failed) + (files.length === 0 ? 1 : 0);
if (files.length === 0) console.log(`FAIL no test file under ${positionals.join(', ')}`);
console.log(`${sum((each) => each.passed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
