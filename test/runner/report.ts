import { writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** What became of one suite, as the process that ran it tells the runner when it ends. */
export interface SuiteReport {
  readonly name: string;
  /** Tests that the file wrote down, whether or not they ran. */
  readonly registered: number;
  readonly only: number;
  readonly skipped: number;
  /** Calls of `run()`, and how many of them came to their end. */
  readonly started: number;
  readonly ended: number;
  readonly ran: number;
  readonly passed: number;
  /** Whether a run stopped without a failing test to show for it. */
  readonly stopped: boolean;
}

/** The descriptor that leads to the runner: what a test prints is not taken for what it came to. */
const TO_RUNNER = 3;

/** Tells the runner of the suites when this process ends, and ends with everything it started when the runner does. */
export function reportAtExit(suites: readonly SuiteReport[]): void {
  process.on('exit', () => writeSync(TO_RUNNER, JSON.stringify(suites)));
  new Socket({ fd: TO_RUNNER }).on('error', endGroup).on('end', endGroup).resume().unref();
}

/** The runner made this process the leader of a group of its own. */
const endGroup = (): void => {
  process.kill(-process.pid, 'SIGKILL');
};

/** The report that a process left, or undefined when it ended without one. */
export function parseReport(text: string): readonly SuiteReport[] | undefined {
  try {
    return JSON.parse(text) as readonly SuiteReport[];
  } catch {
    return undefined;
  }
}
