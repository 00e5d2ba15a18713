import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import type { Answer } from '../support/http.ts';
import { manifest } from '../support/manifest.ts';
import type { Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();

/** What the pipelines of these workflows need; `evidenceStore` is the name of the EvidenceStore, absent the default one. */
export const pipelineManifests = (evidenceStore?: string, workflows: readonly string[] = ['build']): string =>
  [
    manifest('Contract', 'release', {
      materials: ['a', 'b'].map((name) => ({ name, type: 'ARTIFACT' })),
      signers: [{ key: { inline: key.publicPem } }],
    }),
    ...workflows.map((workflow) =>
      manifest('Workflow', workflow, {
        contractRef: { name: 'release' },
        history: { limit: 10_000 },
        ...(evidenceStore === undefined ? {} : { evidenceStoreRef: { name: evidenceStore } }),
      }),
    ),
  ].join('\n---\n');

/** A run whose attestation the receiver has acknowledged. */
export interface Acknowledged {
  readonly run: string;
  /** Digests of what was sent. */
  readonly attestation: string;
  readonly materials: Readonly<Record<string, string>>;
}

/** Pipelines that run one after the other, several at once. */
export interface Pipelines {
  readonly acknowledged: readonly Acknowledged[];
  /** Digests of all bytes that were acknowledged, also of runs that came to nothing. */
  readonly stored: ReadonlySet<string>;
  /** Lets what is under way end; throws what one of them failed with. */
  end(): Promise<void>;
}

export interface PipelinesOptions {
  readonly token: string;
  /** Absent: `build`. */
  readonly workflow?: string;
  readonly clients: number;
  /** Makes the names different from those of other pipelines. */
  readonly name: string;
  /** Answers that mean "try again". */
  readonly tryAgain?: ReadonlySet<number>;
  /** Nothing but runs with small materials, for a benchmark. */
  readonly onlyRuns?: boolean;
}

export const BUSY: ReadonlySet<number> = new Set([429, 503]);
/** More than the stores send in one part. */
const LARGE = 9 << 20;
const ONE_IN = 16;

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export function startPipelines(shop: Shop, options: PipelinesOptions): Pipelines {
  const { token, workflow = 'build', clients, name, tryAgain = BUSY, onlyRuns = false } = options;
  const acknowledged: Acknowledged[] = [];
  const stored = new Set<string>();
  let isOver = false;

  /** Sends until there is an answer that isn't "try again", as the CLI does. */
  async function call(path: string, method: string, body?: string | Uint8Array | object): Promise<Answer> {
    for (;;) {
      try {
        const answer = await shop.http.call(path, { method, token, ...(body === undefined ? {} : { body }) });
        if (!tryAgain.has(answer.status)) return answer;
      } catch {
        // The process was killed under the request; nobody knows whether it had arrived.
      }
      if (isOver) throw new Error('the workload was ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function store(path: string, bytes: Uint8Array, status: number): Promise<string> {
    const digest = sha256(bytes);
    const answer = await call(path.replace('DIGEST', digest), 'PUT', bytes);
    assert.is(answer.status, status, answer.body.toString());
    stored.add(digest);
    return digest;
  }

  async function pipeline(own: string, isLarge: boolean): Promise<Acknowledged> {
    const initiated = await call('/v1/runs', 'POST', { workflow, idempotencyKey: own });
    assert.ok(initiated.status < 300, initiated.body.toString());
    const { run } = initiated.json<RunMessage>();
    const path = `/v1/namespaces/shop/runs/${run}`;
    const b = isLarge ? Buffer.alloc(LARGE, `b of ${own}. `) : Buffer.from(`b of ${own}`);
    const [a, digest] = await Promise.all([
      store(`${path}/materials/a`, Buffer.from(`a of ${own}`), 200),
      store(`${path}/materials/b`, b, 200),
      onlyRuns || store(`/v1/evidence/DIGEST?workflow=${workflow}`, Buffer.from(`for later, of ${own}`), 201),
    ]);
    const statement = await call(`${path}/statement`, 'GET');
    const bundle = signedBundle(statement.body, key);
    const pushed = await call(`${path}/attestation`, 'POST', bundle);
    assert.is(pushed.status, 200, pushed.body.toString());
    assert.is(pushed.json<RunMessage>().attestation?.digest, sha256(bundle));
    stored.add(sha256(bundle));
    return { run, attestation: sha256(bundle), materials: { a, b: digest } };
  }

  async function oneAfterTheOther(client: number): Promise<void> {
    for (let count = 0; !isOver; count++) {
      try {
        const isLarge = !onlyRuns && (client + count) % ONE_IN === 0;
        acknowledged.push(await pipeline(`${name}-${client}-${count}`, isLarge));
      } catch (error) {
        if (!isOver) throw error;
      }
    }
  }

  const work = Promise.all(Array.from({ length: clients }, (_, client) => oneAfterTheOther(client)));
  // It is told by the end.
  work.catch(() => {});
  return {
    acknowledged,
    stored,
    async end() {
      isOver = true;
      await work;
    },
  };
}
