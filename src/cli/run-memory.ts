import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractMessage } from '../api/contract-messages.ts';
import { Problem } from '../api/problem.ts';
import { asRecord, asText } from '../api/record.ts';

/** What `proviso init` remembers for the commands after it. It holds no token. */
export interface RunMemory {
  /** The receiver's address; a memory of another receiver doesn't count. */
  readonly endpoint: string;
  readonly namespace: string;
  readonly run: string;
  readonly workflow: string;
  /** What the run was opened with, so that another init in the same place finds the same run. */
  readonly runKey?: string;
  readonly commit?: string;
  /** The uid of the pod that it was opened or found in. */
  readonly pod?: string;
  /** The `traceparent` of what opened it. */
  readonly trace?: string;
  readonly contract: ContractMessage;
}

const DIRECTORY = '.proviso';
const pathOf = (cwd: string, ...names: readonly string[]): string => join(cwd, DIRECTORY, ...names);

/** Where the memory is, for messages. */
export const memoryFile = (cwd: string): string => pathOf(cwd, 'run.json');

/** What is remembered in this directory. Throws `no-run` when the file is there and isn't ours. */
export function recallRun(cwd: string): RunMemory | undefined {
  let text: string;
  try {
    text = readFileSync(memoryFile(cwd), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(cwd, error);
  }
  try {
    const memory = asRecord(JSON.parse(text));
    const isOurs =
      asText(memory?.endpoint) && asText(memory?.namespace) && asText(memory?.run) && asRecord(memory?.contract);
    if (isOurs) return memory as unknown as RunMemory;
  } catch (error) {
    throw unreadable(cwd, error);
  }
  throw unreadable(cwd, undefined);
}

const unreadable = (cwd: string, cause: unknown): Problem =>
  new Problem('no-run', `${memoryFile(cwd)} can't be read as the memory of a run`, {
    hint: 'Remove it and type: proviso init',
    cause,
  });

/** Replaces the memory; a reader sees the old or the new one, never half of it. */
export function rememberRun(cwd: string, memory: RunMemory): void {
  const previous = recallQuietly(cwd);
  if (previous?.run !== memory.run || previous.endpoint !== memory.endpoint)
    rmSync(pathOf(cwd, 'added'), { recursive: true, force: true });
  writeWhole(cwd, 'run.json', JSON.stringify(memory, null, 2));
}

function recallQuietly(cwd: string): RunMemory | undefined {
  try {
    return recallRun(cwd);
  } catch {
    return undefined;
  }
}

/** In which trace the run was opened here, as far as that is known. */
export const recalledTrace = (cwd: string): string | undefined => recallQuietly(cwd)?.trace;

/** Forgets the run, once it is over. */
export function forgetRun(cwd: string): void {
  rmSync(memoryFile(cwd), { force: true });
  rmSync(pathOf(cwd, 'added'), { recursive: true, force: true });
}

/** Notes the digest of a material that was added here; a file each, since adds may run side by side. */
export function rememberAdded(cwd: string, name: string, digest: string): void {
  writeWhole(cwd, join('added', name), digest);
}

/** The digests that were added here, by name. What push signs must agree with them. */
export function recallAdded(cwd: string): ReadonlyMap<string, string> {
  try {
    const names = readdirSync(pathOf(cwd, 'added')).filter((name) => !name.startsWith('.'));
    return new Map(names.map((name) => [name, readFileSync(pathOf(cwd, 'added', name), 'utf8')]));
  } catch {
    return new Map();
  }
}

function writeWhole(cwd: string, name: string, content: string): void {
  const target = pathOf(cwd, name);
  mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 });
  const draft = join(target, '..', `.${process.pid}.tmp`);
  writeFileSync(draft, `${content}${name === 'run.json' ? '\n' : ''}`, { mode: 0o600 });
  renameSync(draft, target);
}
