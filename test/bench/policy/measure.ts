import { celEnv, parse, plan } from '@bufbuild/cel';
import { createCelEngine } from '../../../src/policy/cel/engine.ts';
import { evaluate } from '../../../src/policy/cel/evaluate.ts';
import { compile } from '../../../src/policy/cel/program.ts';
import type { PolicyOutcome, PolicyQuery } from '../../../src/policy/evaluation.ts';
import type { Figure } from '../figures.ts';
import { EXPRESSIONS, sbomOf } from './policies.ts';

const policyOf = (expression: string): string =>
  `validations:\n  - expression: ${JSON.stringify(expression)}\n    message: no\n`;

const queryOf = (input: unknown): PolicyQuery => ({
  input,
  inputs: {},
  run: { namespace: 'shop', name: 'build-1', workflow: 'build' },
  now: '2026-02-03T00:00:00Z',
});

/** Evaluations a second of policies about an SBOM, in this thread, beside the library as it comes. */
export function evaluationRates(components: number, sliceMs: number): readonly Figure[] {
  const input = sbomOf(components);
  const phase = `${components} components, one thread`;
  return EXPRESSIONS.map(([name, expression, isOwn = false]) => {
    const compiled = compile(policyOf(expression));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.findings));
    const own = rate(() => expectNone(evaluate(name, compiled.program, queryOf(input))), sliceMs);
    if (isOwn) return { phase, name, value: own, unit: '/s' };
    const library = plan(celEnv(), parse(expression));
    const peer = rate(() => {
      if (library({ input: input as never }) !== true) throw new Error(`${name} doesn't hold`);
    }, sliceMs);
    return { phase, name, value: own, unit: '/s', ratio: { of: 'the library', value: own / peer } };
  });
}

/** Evaluations a second of the engine, with as many under way as it has threads. */
export async function engineRates(components: number, sliceMs: number): Promise<readonly Figure[]> {
  const engine = createCelEngine({ threads: 2 });
  const sources = ['', '\n'].map((end) => policyOf(EXPRESSIONS[1]?.[1] ?? '') + end);
  const phase = `${components} components, engine of 2 threads`;
  try {
    const input = sbomOf(components);
    const ask = async (source: string, about: object): Promise<void> =>
      expectNone(await engine.evaluate('p', source, queryOf(about)));
    await Promise.all(sources.map((source) => ask(source, input)));
    const figures: Figure[] = [];
    for (const [name, about] of [
      ['one input again and again', () => input],
      ['a new input each time', () => ({ ...input })],
    ] as const) {
      const from = performance.now();
      let count = 0;
      await Promise.all(
        sources.map(async (source) => {
          for (; performance.now() - from < sliceMs; count += 1) await ask(source, about());
        }),
      );
      figures.push({ phase, name, value: (1000 * count) / (performance.now() - from), unit: '/s' });
    }
    return figures;
  } finally {
    await engine.close();
  }
}

function expectNone(outcome: PolicyOutcome): void {
  if (outcome.kind !== 'evaluated' || outcome.violations.length > 0) throw new Error(JSON.stringify(outcome));
}

function rate(work: () => void, sliceMs: number): number {
  work();
  const from = performance.now();
  let count = 0;
  for (; count === 0 || performance.now() - from < sliceMs; count += 1) work();
  return (1000 * count) / (performance.now() - from);
}
