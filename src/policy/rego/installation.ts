import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../telemetry/log.ts';
import type { PolicyFailure } from '../evaluation.ts';
import { CHAINLOOP_MODULE, restrictCapabilities } from './builtins.ts';
import { opaErrors } from './messages.ts';
import { createOpa, type Opa } from './opa.ts';
import type { ProcessLimits } from './process.ts';
import { findOpa } from './program.ts';

/** An OPA that was found, with what it may do. */
export interface Installation {
  readonly opa: Opa;
  readonly limits: ProcessLimits;
  readonly program: string;
  /** Such as `1.22.4`. */
  readonly version: string;
  /** The file with its capabilities. */
  readonly capabilities: string;
  /** The file with the built-in functions that are ours. */
  readonly functions: string;
  remove(): Promise<void>;
}

export type Installed =
  | { readonly ok: true; readonly value: Installation }
  | { readonly ok: false; readonly failure: PolicyFailure };

export interface InstallationOptions {
  readonly program?: string | undefined;
  readonly limits: ProcessLimits;
  readonly places: number;
  readonly log: Logger;
}

/** OPA's first version with the Rego that is spoken now. */
const OLDEST = 1;

/** Finds OPA, asks it what it is and can, and lays what it needs into a folder that only this user may enter. */
export async function install({ program, limits, places, log }: InstallationOptions): Promise<Installed> {
  const found = await findOpa(program);
  if (!found.ok) return unavailable(found.message);
  const folder = await mkdtemp(join(tmpdir(), 'proviso-rego-'));
  const opa = createOpa({ program: found.path, folder, limits, places, log });
  try {
    const version = /^Version: (\d+)\S*$/m.exec(await output(opa, ['version']));
    if (version === null) throw new Error('it does not tell its version');
    if (Number(version[1]) < OLDEST)
      throw new Error(`it is of ${version[0]}, and ${OLDEST}.0.0 is the oldest that will do`);
    const capabilities = join(folder, 'capabilities.json');
    const functions = join(folder, 'functions.rego');
    const own: unknown = JSON.parse(await output(opa, ['capabilities', '--current']));
    await writeFile(capabilities, restrictCapabilities(own));
    await writeFile(functions, CHAINLOOP_MODULE);
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    const value = { opa, limits, program: found.path, version: version[0].slice(9), capabilities, functions, remove };
    log.info({ program: found.path, version: value.version }, 'policies in Rego are evaluated by OPA');
    return { ok: true, value };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return unavailable(`${found.path} is no OPA that can be used: ${error instanceof Error ? error.message : error}`);
  }
}

const unavailable = (message: string): Installed => ({
  ok: false,
  failure: { reason: 'EngineUnavailable', message },
});

async function output(opa: Opa, args: readonly string[]): Promise<string> {
  const asked = await opa.ask(args);
  if (!asked.ok) throw new Error(asked.failure.message);
  const [fault] = opaErrors(asked.answer);
  if (fault !== undefined) throw new Error(fault.message);
  return asked.answer.output;
}
