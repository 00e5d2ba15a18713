import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { deadlineOf } from './discover.ts';
import { type Judgement, judge } from './judge.ts';

export interface FileResult extends Judgement {
  readonly file: string;
  readonly output: string;
  readonly seconds: number;
}

const MAX_OUTPUT = 1 << 20;

/** Runs one file to its end or its deadline, and judges what it said. */
export async function runFile(file: string): Promise<FileResult> {
  const started = performance.now();
  const seconds = await deadlineOf(file);
  // A group of its own, so that what a test started ends with it.
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-MAX_OUTPUT);
    });
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, seconds * 1000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  killGroup(child.pid);
  const judgement = judge({
    output,
    code,
    source: await readFile(file, 'utf8'),
    lateAfter: isLate ? seconds : undefined,
  });
  return { ...judgement, file, output, seconds: (performance.now() - started) / 1000 };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left, which is as it should be.
  }
}
