import { NO_GPL, queryOf, regoEngine, sbomOf } from '../../policy/rego/engine.ts';
import type { Figure } from '../figures.ts';
import { ratePerSecond } from '../parallel.ts';
import { startOpaServer } from './server.ts';

export interface RegoBench {
  /** Of the SBOM. */
  readonly components: number;
  /** Evaluations of each slice. */
  readonly evaluations: number;
  /** The best of so many slices counts, taken in turns with the peer. */
  readonly rounds: number;
}

/** How many evaluations there are in a second, one by one and some at once, beside OPA as a server. */
export async function evaluationRates({ components, evaluations, rounds }: RegoBench): Promise<readonly Figure[]> {
  const document = sbomOf(components);
  const engine = await regoEngine();
  const starting = performance.now();
  await engine.version();
  const startMs = performance.now() - starting;
  const server = await startOpaServer();
  try {
    await server.put(NO_GPL);
    const ours = async (): Promise<void> => {
      const { kind } = await engine.evaluate('bench', NO_GPL, queryOf(document));
      if (kind !== 'evaluated') throw new Error(`the policy is ${kind}`);
    };
    const theirs = (): Promise<unknown> => server.ask('main/violations', document);
    await Promise.all([ours(), theirs()]);
    const phase = `${components} components`;
    const figures: Figure[] = [
      { phase, name: 'until it can be asked', value: startMs, unit: 'ms', ratio: ratio(startMs / server.startMs) },
    ];
    const slice = Array.from({ length: evaluations });
    for (const width of [1, 2, 4]) {
      let [own, peer] = [0, 0];
      for (let round = 0; round < rounds; round += 1) {
        own = Math.max(own, await ratePerSecond(slice, width, ours));
        peer = Math.max(peer, await ratePerSecond(slice, width, theirs));
      }
      figures.push({ phase, name: `evaluations, ${width} at once`, value: own, unit: '/s', ratio: ratio(own / peer) });
    }
    return figures;
  } finally {
    await server.stop();
    await engine.close();
  }
}

const ratio = (value: number) => ({ of: "OPA's server", value });
