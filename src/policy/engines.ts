import type { PolicyEngine } from './evaluation.ts';
import { unavailableEngine } from './unavailable.ts';

/** The languages that policies are written in. */
export type EngineName = 'CEL' | 'Rego';

export type PolicyEngines = Readonly<Record<EngineName, PolicyEngine>>;

/** The engines that this version has. Whoever makes them closes them. */
export const createEngines = (): PolicyEngines => ({
  CEL: unavailableEngine('CEL'),
  Rego: unavailableEngine('Rego'),
});

export async function closeEngines(engines: PolicyEngines): Promise<void> {
  await Promise.all(Object.values(engines).map((engine) => engine.close()));
}
