import type { RunMessage } from '../../src/api/messages.ts';
import { closedLoop } from '../bench/load/loops.ts';
import type { Identity, LoadedShop } from '../bench/load/shop.ts';
import { manifest } from '../support/manifest.ts';

/** A while of what happens in a cluster: runs that are accepted, refused, cancelled and left open, and workflows that come and go. */
export async function soakRound(loaded: LoadedShop, round: number, ms: number): Promise<number> {
  const { shop, identities } = loaded;
  const passing = `passing-${round}`;
  await shop.kubectl('apply -n shop -f -', manifest('Workflow', passing, { contractRef: { name: 'release' } }));
  await shop.kubectl(
    'apply -n shop -f -',
    manifest('Contract', 'changing', { materials: [{ name: `m-${round % 3}`, type: 'ARTIFACT' }] }),
  );
  const [perSecond] = await Promise.all([
    closedLoop(loaded, `round-${round}`, ms),
    ...identities.slice(0, 4).map((identity, index) => strayRuns(loaded, identity, `stray-${round}-${index}`, ms)),
  ]);
  await shop.kubectl(`delete -n shop workflow.proviso.dev ${passing}`);
  // What a cluster's garbage collector does with what the workflow owned; there is none here.
  await shop.kubectl(`delete -n shop secrets,serviceaccounts,roles,rolebindings -l proviso.dev/workflow=${passing}`);
  return perSecond;
}

/** Runs that come to nothing: a push that is refused, then a cancellation. */
async function strayRuns({ shop }: LoadedShop, { workflow, token }: Identity, name: string, ms: number): Promise<void> {
  const ends = performance.now() + ms;
  for (let count = 0; performance.now() < ends; count += 1) {
    const body = { workflow, idempotencyKey: `${name}-${count}` };
    const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body });
    const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}`;
    await shop.http.call(`${path}/materials/sbom`, { method: 'PUT', token, body: `of ${name}-${count}` });
    await shop.http.refused('attestation-malformed', `${path}/attestation`, { method: 'POST', token, body: '{}' });
    const cancel = { method: 'POST', token, body: { trigger: 'cancellation' } };
    const cancelled = await shop.http.call(`${path}/cancel`, cancel);
    if (cancelled.status !== 200) throw new Error(`${cancelled.status} ${cancelled.body}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
