import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { discover } from './discover.ts';
import { junitReport } from './junit.ts';
import { endAll, type FileResult, runFile } from './run-file.ts';

/**
 * Runs test files, each in a process of its own:
 * `node test/runner/main.ts [--jobs N] [--again N] [--junit FILE] [--notes] [paths…]`.
 * With `--notes` it shows the lines that begin with `»`, by which a file tells what it has seen. With `--again` up to so
 * many files that failed run once more when all others have ended; what then passes is listed as flaky, for somebody to
 * mend. Closes with one line `N passed, N failed` and exits 1 unless everything passed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    again: { type: 'string', default: '0' },
    junit: { type: 'string' },
    notes: { type: 'boolean' },
  },
});
const jobs = wholeNumber('jobs', values.jobs, 1);
const again = wholeNumber('again', values.again, 0);
const files = await discover(positionals.length === 0 ? ['test'] : positionals);
const waiting = [...files];
const ended: FileResult[] = [];

// The files run in groups of their own, which Ctrl-C in a terminal doesn't reach.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    endAll();
    process.exit(130);
  });
}

async function work(slot: number): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const result = await runFile(file, slot);
    ended.push(result);
    report(result);
  }
}

/**
 * Runs a file that failed once more, alone, as one does by hand to tell a test that depends on the moment from a change
 * that broke something.
 */
async function secondTry(first: FileResult): Promise<FileResult> {
  const name = relative(process.cwd(), first.file);
  console.log(`once more, alone: ${name}`);
  const second = await runFile(first.file, 0);
  report(second);
  if (second.failed === 0) console.log(`FLAKY ${name} failed at first, as is shown above, and then passed`);
  return second;
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`--${option} takes a number from ${least} on, not '${text}'`);
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

await Promise.all(Array.from({ length: jobs }, (_, slot) => work(slot)));
const results: FileResult[] = [];
const isFew = ended.filter((each) => each.failed > 0).length <= again;
for (const each of ended) results.push(each.failed > 0 && isFew ? await secondTry(each) : each);
if (values.junit !== undefined) await writeFile(values.junit, junitReport(results));
const sum = (pick: (result: FileResult) => number): number => results.reduce((total, each) => total + pick(each), 0);
const failed = sum((each) => each.failed) + (files.length === 0 ? 1 : 0);
if (files.length === 0) console.log(`FAIL no test file under ${positionals.join(', ')}`);
console.log(`${sum((each) => each.passed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
