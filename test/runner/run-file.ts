import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { deadlineOf } from './discover.ts';
import { type Judgement, judge } from './judge.ts';
import { parseReport } from './report.ts';

export interface FileResult extends Judgement {
  readonly file: string;
  readonly output: string;
  readonly seconds: number;
}

const MAX_OUTPUT = 1 << 20;
/** How long output may still come from processes that were killed. */
const DRAIN_MS = 2000;
const OBSERVE = new URL('./observe.ts', import.meta.url).href;

interface Running {
  readonly child: ChildProcess;
  /** Where the file and all it starts put temporary files. */
  readonly scratch: string;
}
const running = new Set<Running>();

/** Runs one file to its end or its deadline, and judges what it said. `slot` tells it from those that run beside it. */
export async function runFile(file: string, slot: number): Promise<FileResult> {
  const started = performance.now();
  const seconds = await deadlineOf(file);
  const run = start(file, slot);
  const { child } = run;
  const [stdout, stderr, report] = child.stdio.slice(1) as [Readable, Readable, Readable];
  const output = collect(stdout, stderr);
  const reported = collect(report);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child.pid);
  }, seconds * 1000);
  const closed = once(child, 'close');
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  end(run);
  const isSurvived = !(await isWithin(closed, DRAIN_MS));
  for (const stream of [stdout, stderr, report]) stream.destroy();
  const lateAfter = isLate ? seconds : undefined;
  const judgement = judge({ suites: parseReport(reported()), code, lateAfter, isSurvived });
  return { ...judgement, file, output: output(), seconds: (performance.now() - started) / 1000 };
}

/** Ends all files that are under way, with everything they started: for a run that is interrupted. */
export function endAll(): void {
  for (const run of running) end(run);
}

function start(file: string, slot: number): Running {
  const scratch = mkdtempSync(join(tmpdir(), 'proviso-test-'));
  // A group of its own, so that what a test started ends with it.
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', OBSERVE, file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: scratch, PROVISO_TEST_SLOT: String(slot) },
  });
  const run = { child, scratch };
  running.add(run);
  return run;
}

function end(run: Running): void {
  killGroup(run.child.pid);
  rmSync(run.scratch, { recursive: true, force: true, maxRetries: 5 });
  running.delete(run);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left, which is as it should be.
  }
}

/** What comes from the streams, the last part of it if it is much. */
function collect(...streams: readonly Readable[]): () => string {
  let text = '';
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = `${text}${chunk}`.slice(-MAX_OUTPUT);
    });
  }
  return () => text;
}

async function isWithin(event: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const isDone = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
