import type { PolicyEngine } from '../../src/policy/evaluation.ts';

/** Stands where there is no engine: nothing that it is asked about passes. */
export function unavailableEngine(name: string): PolicyEngine {
  const message = `this version of Proviso has no engine for ${name}`;
  return {
    check: () => Promise.reject(new Error(message)),
    evaluate: () => Promise.resolve({ kind: 'failed', failure: { reason: 'EngineUnavailable', message } }),
    version: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
