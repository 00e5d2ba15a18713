import type { RunMessage } from '../../../src/api/messages.ts';
import { manifest } from '../../support/manifest.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { tool } from '../../tools/tool.ts';
import type { Figure } from '../figures.ts';
import { sbomOf } from './policies.ts';

const kinds = ['SBOM_CYCLONEDX_JSON'];
const CEL = `validations:
  - forEach: sbom.components(input)
    expression: "!item.licenses.exists(l, l == 'GPL-3.0-only')"
    messageExpression: item.name
`;
const REGO = `package main
import rego.v1
result := {"skipped": false, "violations": violations}
violations contains c.name if {
  some c in input.components
  some l in c.licenses
  l.license.id == "GPL-3.0-only"
}
`;
const nested = (depth: number): string =>
  `[1,2,3,4,5,6,7,8,9,10].all(a${depth}, ${depth === 0 ? 'true' : nested(depth - 1)})`;
/** What never ends by itself, of each engine. */
const RUNAWAYS: Readonly<Record<string, { readonly engine: string; readonly inline: string }>> = {
  'cel-runaway': { engine: 'CEL', inline: `validations: [{expression: "${nested(9)}", message: never}]` },
  'rego-runaway': {
    engine: 'Rego',
    inline: `package main
import rego.v1
result := {"violations": [x | some x in numbers.range(1, 100000); some y in numbers.range(1, 100000); x + y < 0]}
`,
  },
};
/** How many policies of which engine judge each add. */
const WORKFLOWS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  'one-cel': ['cel-0'],
  'eight-cel': Array.from({ length: 8 }, (_, index) => `cel-${index}`),
  'one-rego': ['rego'],
};
const ROUND_PAUSE_MS = 50;

/**
 * How long an add of an SBOM takes that policies judge, against one that none judges, on a real API server. Each of the kinds in turn, so
 * that a machine that is busy for a while is so for all.
 */
export async function addedByPolicies(components: number, rounds: number): Promise<readonly Figure[]> {
  process.env.PROVISO_OPA = await tool('opa');
  const shop = await openShop(manifests().join('\n---\n'));
  try {
    const adds = await Promise.all(Object.keys(WORKFLOWS).map((name) => adderOf(shop, name, components)));
    const times = adds.map((): number[] => []);
    for (const add of adds) await add(-1);
    for (let round = 0; round < rounds; round++) {
      for (const [index, add] of adds.entries()) times[index]?.push(await add(round));
      await new Promise((resolve) => setTimeout(resolve, ROUND_PAUSE_MS));
    }
    const [none = [], ...others] = times;
    const [alone] = adds;
    const beside = alone === undefined ? [] : await besideRunaways(shop, components, rounds, alone);
    const phase = `add of ${components} components, ${rounds} times`;
    const names = [...Object.keys(WORKFLOWS), 'none, beside runaways of both engines'];
    return [none, ...others, beside].flatMap((each, index) =>
      ([50, 99] as const).map((p): Figure => {
        const value = percentile(each, p);
        const ratio = index === 0 ? {} : { ratio: { of: 'none', value: value / percentile(none, p) } };
        return { phase, name: `${names[index]}, p${p}`, value, unit: 'ms', ...ratio };
      }),
    );
  } finally {
    await shop.stop();
  }
}

/** How long adds take that none judges, while others are judged by what never ends, again and again. */
async function besideRunaways(
  shop: Shop,
  components: number,
  rounds: number,
  add: (round: number) => Promise<number>,
): Promise<readonly number[]> {
  let isOver = false;
  const runaways = Object.keys(RUNAWAYS).map(async (name) => {
    const again = await adderOf(shop, name, components);
    for (let round = 0; !isOver; round++) await again(round);
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const times: number[] = [];
  for (let round = rounds; round < 2 * rounds; round++) {
    times.push(await add(round));
    await new Promise((resolve) => setTimeout(resolve, ROUND_PAUSE_MS));
  }
  isOver = true;
  await Promise.all(runaways);
  return times;
}

function manifests(): readonly string[] {
  const sources = Array.from({ length: 8 }, (_, index) => [`cel-${index}`, `${CEL}# ${index}\n`] as const);
  return [
    ...sources.map(([name, inline]) => manifest('Policy', name, { kinds, source: { inline } })),
    manifest('Policy', 'rego', { kinds, engine: 'Rego', source: { inline: REGO } }),
    ...Object.entries(RUNAWAYS).map(([name, { engine, inline }]) =>
      manifest('Policy', name, { kinds, engine, source: { inline } }),
    ),
    ...Object.entries({ ...WORKFLOWS, ...runawayWorkflows() }).flatMap(([name, policies]) => [
      manifest('Contract', name, {
        materials: [{ name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' }],
        policies: { materials: policies.map((policy) => ({ ref: { name: policy } })) },
      }),
      manifest('Workflow', name, { contractRef: { name } }),
    ]),
  ];
}

/** What hands in another SBOM of a run each time, and says how long that took, in milliseconds. */
async function adderOf(shop: Shop, workflow: string, components: number): Promise<(round: number) => Promise<number>> {
  const token = await shop.tokenOf(workflow);
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}/materials/sbom?replace=true`;
  const sbom = sbomOf(components) as object;
  return async (round) => {
    const body = JSON.stringify({ ...sbom, version: round + 2 });
    const from = performance.now();
    const answer = await shop.http.call(path, { method: 'PUT', token, body });
    if (answer.status !== 200) throw new Error(answer.body.toString());
    return performance.now() - from;
  };
}

function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * p) / 100) - 1)] ?? Number.NaN;
}

const runawayWorkflows = (): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.keys(RUNAWAYS).map((name) => [name, [name]]));
