import type { PolicyEngine } from '../evaluation.ts';
import { judge } from './judge.ts';
import { compile } from './program.ts';

/**
 * Policies in CEL, evaluated in this very thread and without limits: for the command line, where whoever waits for a policy wrote it
 * and can break it off. It says what the engine in threads says.
 */
export const celHere: PolicyEngine = {
  async check(source) {
    const compiled = compile(source);
    return compiled.ok ? [] : compiled.findings;
  },
  evaluate: async (name, source, query) => judge(name, compile(source), query),
  close: () => Promise.resolve(),
};
