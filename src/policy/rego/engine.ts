import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Logger } from '../../telemetry/log.ts';
import type { Covered, CoveringEngine } from '../coverage.ts';
import type { PolicyFailure, PolicyQuery } from '../evaluation.ts';
import { type Compiled, compile } from './compile.ts';
import { evaluateCompiled, failedFor } from './evaluate.ts';
import { type Installation, type Installed, install } from './installation.ts';
import { told } from './messages.ts';

/** Evaluates policies in Rego by OPA. */
export interface RegoOptions {
  /** OPA's program; absent, what `PROVISO_OPA` names, else `opa` of the `PATH`. */
  readonly program?: string;
  readonly log: Logger;
  /** Of one evaluation; default 30 s. */
  readonly timeoutMs?: number;
  /** Of one evaluation; default 1.5 GiB, in which a document of 64 MiB has room. */
  readonly memoryBytes?: number;
  /** Of one evaluation's result; default 8 MiB. */
  readonly outputBytes?: number;
  /** How many are evaluated at once; default two more than there are cores, so that runaways don't hold all. */
  readonly places?: number;
}

/** Compiled policies that are remembered. */
const MAX_REMEMBERED = 256;

/**
 * Starts nothing until it is asked. Every evaluation is a process of its own: no policy meets another's rules or memory, and
 * a runaway is killed alone.
 */
export function createRegoEngine(options: RegoOptions): CoveringEngine {
  const limits = {
    timeoutMs: options.timeoutMs ?? 30_000,
    memoryBytes: options.memoryBytes ?? 1.5 * 2 ** 30,
    outputBytes: options.outputBytes ?? 2 ** 23,
  };
  const places = options.places ?? availableParallelism() + 2;
  const remembered = new Map<string, Promise<Compiled>>();
  let installing: Promise<Installed> | undefined;
  let closed = false;

  /** An OPA that is put there later is found then. */
  async function installation(): Promise<Installed> {
    if (closed) return { ok: false, failure: CLOSED };
    installing ??= install({ ...options, limits, places });
    const mine = installing;
    const installed = await mine;
    if (!installed.ok && installing === mine) installing = undefined;
    return installed;
  }

  function compiledOf(value: Installation, source: string): Promise<Compiled> {
    const key = createHash('sha256').update(source).digest('hex');
    const compiled = remembered.get(key) ?? compile(value, source);
    // The least recently used one is the first.
    remembered.delete(key);
    remembered.set(key, compiled);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    const forget = (): boolean => remembered.delete(key);
    compiled.then(({ kind }) => kind === 'failed' && forget(), forget);
    return compiled;
  }

  async function evaluate(name: string, source: string, query: PolicyQuery, covers: boolean): Promise<Covered> {
    const installed = await installation();
    if (!installed.ok) return { outcome: { kind: 'failed', failure: installed.failure }, points: [] };
    const compiled = await compiledOf(installed.value, source);
    switch (compiled.kind) {
      case 'failed':
        return { outcome: compiled, points: [] };
      case 'faulty': {
        const faults = compiled.findings.map(told).join('; ');
        return { outcome: failedFor(`the source can't be evaluated: ${faults}`), points: [] };
      }
      case 'foreign':
        return { outcome: { kind: 'skipped', reasons: compiled.functions.map(foreign) }, points: [] };
      case 'compiled':
        return evaluateCompiled(installed.value, compiled.policy, name, query, options.log, covers);
    }
  }

  return {
    async check(source) {
      const installed = await installation();
      if (!installed.ok) return [unknown(installed.failure)];
      const compiled = await compiledOf(installed.value, source);
      if (compiled.kind === 'failed') return [unknown(compiled.failure)];
      return compiled.kind === 'faulty' ? compiled.findings : [];
    },
    evaluate: async (name, source, query) => (await evaluate(name, source, query, false)).outcome,
    cover: (name, source, query) => evaluate(name, source, query, true),
    async version() {
      const installed = await installation();
      return installed.ok ? installed.value.version : undefined;
    },
    async close() {
      closed = true;
      const installed = await installing;
      if (installed?.ok !== true) return;
      await installed.value.opa.stop();
      await installed.value.remove();
    },
  };
}

const CLOSED: PolicyFailure = { reason: 'EngineUnavailable', message: 'the engine was closed' };

const unknown = ({ reason, message }: PolicyFailure) => ({ reason, message });

const foreign = (called: string): string =>
  `the policy calls ${called}, which Chainloop has and this engine has not; evaluate it there, or do without the function`;
