import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunMessage } from '../../../src/api/messages.ts';
import { connect } from '../../../src/kube/connect.ts';
import { provenance, signedEnvelope } from '../../support/envelopes.ts';
import { manifest } from '../../support/manifest.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { generateTestKey } from '../../support/signing.ts';
import { startArchivista } from '../../tools/archivista.ts';
import { hasPostgres, startPostgres } from '../../tools/postgres.ts';
import type { Figure } from '../figures.ts';
import { ratePerSecond } from '../parallel.ts';
import { podTokens } from './pods.ts';

const PARALLEL = 16;
const WARM = 50;
const LOOK_MS = 100;
const key = generateTestKey();
const WORKFLOWS = Array.from({ length: PARALLEL }, (_, index) => `build-${index}`);

/** As Tekton Chains writes it about one artifact, each another one. */
const envelope = (): string =>
  signedEnvelope(provenance({ of: `sha256:${randomBytes(32).toString('hex')}`, note: 'x'.repeat(1024) }), key);

const envelopes = (count: number): readonly string[] => Array.from({ length: count }, envelope);

/**
 * Provenance in one request each: stored by Archivista, which verifies nothing; and taken by a receiver, which opens the run, verifies the
 * signature, and records it there. Both keep what they know in PostgreSQL, and bytes in files.
 */
export async function measureIntake(count: number): Promise<readonly Figure[]> {
  if (!hasPostgres()) return [];
  const stored = await archivista(count);
  return [
    { phase: 'Archivista', name: `stored, ${PARALLEL} at once`, value: stored, unit: '/s' },
    ...(await receiver(count, stored)),
  ];
}

async function archivista(count: number): Promise<number> {
  const postgres = await startPostgres();
  try {
    const server = await startArchivista(postgres);
    try {
      const store = async (body: string): Promise<void> => {
        const answer = await fetch(`${server.url}/upload`, { method: 'POST', body });
        if (!answer.ok) throw new Error(`Archivista answered ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
      };
      await ratePerSecond(envelopes(WARM), PARALLEL, store);
      return await ratePerSecond(envelopes(count), PARALLEL, store);
    } finally {
      await server.stop();
    }
  } finally {
    await postgres.stop();
  }
}

async function receiver(count: number, stored: number): Promise<readonly Figure[]> {
  const postgres = await startPostgres();
  const shop = await openShop(
    [
      manifest('Contract', 'release', {
        materials: [{ name: 'provenance', type: 'SLSA_PROVENANCE', signers: [{ key: { inline: key.publicPem } }] }],
      }),
      ...WORKFLOWS.map((name) =>
        manifest('Workflow', name, { contractRef: { name: 'release' }, history: { limit: 10_000 } }),
      ),
    ].join('\n---\n'),
    { archive: postgres.address },
  );
  try {
    const ratio = (value: number): Pick<Figure, 'budget' | 'ratio'> => ({
      ...{ budget: stored, ratio: { of: 'Archivista', value: value / stored } },
    });
    const open = await intoOpenRuns(shop, count);
    const { taken, recorded } = await fromPods(shop, count);
    const phase = 'receiver';
    return [
      { phase, name: 'taken for a run that is open', value: open, unit: '/s', ...ratio(open) },
      { phase, name: 'taken from a pod, which opens a run', value: taken, unit: '/s', ...ratio(taken) },
      { phase, name: 'verified and in the status of the run', value: recorded, unit: '/s', ...ratio(recorded) },
    ];
  } finally {
    await shop.stop();
    await postgres.stop();
  }
}

/** Durable when they are answered; of each run one is recorded, and the others are kept aside. */
async function intoOpenRuns({ http, tokenOf }: Shop, count: number): Promise<number> {
  const runs = await Promise.all(
    WORKFLOWS.map(async (workflow) => {
      const token = await tokenOf(workflow);
      const opened = await http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
      return { token, path: `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}/upload` };
    }),
  );
  const bodies = envelopes(WARM + count);
  const jobs = bodies.map((body, index) => ({ body, run: runs[index % runs.length] }));
  const post = async ({ body, run }: (typeof jobs)[number]): Promise<void> => {
    if (run === undefined) throw new Error('there are no runs');
    await accepted(http.call(run.path, { method: 'POST', token: run.token, body }));
  };
  await ratePerSecond(jobs.slice(0, WARM), PARALLEL, post);
  return ratePerSecond(jobs.slice(WARM), PARALLEL, post);
}

async function fromPods(shop: Shop, count: number): Promise<{ readonly taken: number; readonly recorded: number }> {
  const { client } = connect(shop.stack.controlPlane.adminKubeconfig);
  const perWorkflow = Math.ceil(count / WORKFLOWS.length);
  const pods: { readonly workflow: string; readonly token: string; readonly body: string }[] = [];
  for (const workflow of WORKFLOWS) {
    const names = Array.from({ length: perWorkflow }, (_, index) => `${workflow}-${index}`);
    for (const token of await podTokens(client, workflow, names)) pods.push({ workflow, token, body: envelope() });
  }
  const before = await recordedRuns(shop);
  const started = performance.now();
  const taken = await ratePerSecond(pods, PARALLEL, async ({ workflow, token, body }) => {
    const path = `/v1/namespaces/shop/workflows/${workflow}/upload`;
    await accepted(shop.http.call(path, { method: 'POST', token, body }));
  });
  while ((await recordedRuns(shop)) - before < pods.length) await pause(LOOK_MS);
  return { taken, recorded: (pods.length * 1000) / (performance.now() - started) };
}

const recordedRuns = async (shop: Shop): Promise<number> =>
  (await shop.runs()).filter(({ status }) => status?.materials?.some(({ name }) => name === 'provenance')).length;

async function accepted(call: ReturnType<Shop['http']['call']>): Promise<void> {
  const { status, body } = await call;
  if (status !== 200) throw new Error(`${status} ${body.toString('utf8').slice(0, 300)}`);
}
