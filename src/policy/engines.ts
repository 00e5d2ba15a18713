import type { Logger } from '../telemetry/log.ts';
import { createCelEngine } from './cel/engine.ts';
import type { CoveringEngine } from './coverage.ts';
import type { PolicyEngine } from './evaluation.ts';
import { createRegoEngine } from './rego/engine.ts';

/** The languages that policies are written in. */
export type EngineName = 'CEL' | 'Rego';

export type PolicyEngines = Readonly<Record<EngineName, PolicyEngine>>;
export type CoveringEngines = Readonly<Record<EngineName, CoveringEngine>>;

/** The engines of a process that others rely on: each evaluation has its limits. They start nothing before they are asked; whoever makes them closes them. */
export const createEngines = (log: Logger): CoveringEngines => ({
  CEL: createCelEngine({ onError: (error) => log.warn({ err: error }, 'CEL not evaluated') }),
  Rego: createRegoEngine({ log }),
});

export async function closeEngines(engines: PolicyEngines): Promise<void> {
  await Promise.all(Object.values(engines).map((engine) => engine.close()));
}
