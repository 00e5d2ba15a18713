import type { ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import type { MaterialType } from '../../api/material-types.ts';
import type { Trust, TrustedSigner } from '../../api/trust.ts';
import { HEAD_BYTES, type Inspection, type MaterialInput } from '../../materials/kind.ts';
import { MATERIAL_KINDS } from '../../materials/kinds.ts';
import type { Logger } from '../../telemetry/log.ts';
import { kindOf, readPublicKey } from '../../verify/keys.ts';
import { keepWhile } from '../memory.ts';
import { type Judgement, type JudgementTask, judge } from './judgement.ts';
import { createPool, type Turn } from './pool.ts';
import { createRootSharing } from './shared-root.ts';
import type { SentJudgement, SentMaterial } from './worker.ts';

/** What takes long to check, and what doesn't: in a thread, or at once. */
export interface Checks {
  /** Never rejects for what was handed in, but with a `Problem` where there was no turn for it, or it took too much. */
  attestation(task: JudgementTask, asker: Asker): Promise<Judgement>;
  /** The same; may reject with whatever the inspection threw. */
  material(material: SentMaterial, asker: Asker): Promise<Inspection>;
  close(): Promise<void>;
}

/** For whom it is checked. */
export interface Asker {
  readonly identity: string;
  readonly response: ServerResponse;
}

/** The bundle lies beside that of the receiver. */
const FILE = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './check-worker.mjs', import.meta.url);
/** More threads would only make the queue of the disk and of the API server longer. */
const MAX_THREADS = 4;
/** Half of them for one identity, which has no more requests under way anyway. */
const LINE = 256;
/** A connection on which nothing comes for a minute is closed. */
const PATIENCE_MS = 30_000;
const DEADLINE_MS = 15_000;
const HEAP_MEGABYTES = 768;

export function createChecks(log: Logger): Checks {
  const pool = createPool({
    file: FILE,
    places: Math.min(MAX_THREADS, availableParallelism()),
    line: LINE,
    patienceMs: PATIENCE_MS,
    deadlineMs: DEADLINE_MS,
    heapMegabytes: HEAP_MEGABYTES,
    onError: (error) => log.error({ err: error }, 'Thread for checks ended'),
  });
  const share = createRootSharing();

  function inThread<T>(name: string, task: object, asker: Asker, transfer: Turn['transfer'] = []): Promise<T> {
    const { identity, response } = asker;
    return keepWhile(response, pool.run<T>(name, task, { identity, isWanted: () => !response.closed, transfer }));
  }

  return {
    async attestation(task, asker) {
      if (isQuickAttestation(task.bytes, task.trust)) return judge(task);
      const bytes = new Uint8Array(task.bytes).buffer;
      const sent: SentJudgement = { ...task, bytes, trust: share(task.trust) };
      return inThread('judgeAttestation', sent, asker, [bytes]);
    },
    async material(sent, asker) {
      const { type, pieces, ...input } = sent;
      const [first = new ArrayBuffer(0)] = pieces;
      if (isQuickMaterial(type, input)) return MATERIAL_KINDS[type].inspect({ ...input, bytes: new Uint8Array(first) });
      return inThread('inspectMaterial', sent, asker, pieces);
    },
    close: pool.close,
  };
}

/** Reading that much takes under a millisecond, whatever is in it. */
const QUICK_BYTES = 16 << 10;

/**
 * One key that takes 0.1 ms for a signature: with the 128 signatures that a container may have, all of them wrong, that makes
 * 13 ms. Other kinds of keys take up to ten times as long, or are tried in several schemes, and a certificate takes more.
 */
function isQuickAttestation(bytes: Uint8Array, { signers }: Trust): boolean {
  return bytes.length <= QUICK_BYTES && signers.length <= 1 && signers.every(isQuickKey);
}

function isQuickKey(signer: TrustedSigner): boolean {
  const reading = signer.kind === 'key' ? readPublicKey(signer.publicKey) : undefined;
  if (reading?.ok !== true) return false;
  const kind = kindOf(reading.key);
  return kind === 'p256' || kind === 'ed25519';
}

/** Kinds that look at little; the others read the whole, and most compile a schema first, which takes 0.1 s. */
const isQuickMaterial = (type: MaterialType, { size, isReference }: Omit<MaterialInput, 'bytes'>): boolean => {
  const { content, maxBytes } = MATERIAL_KINDS[type];
  return content === 'head' || maxBytes <= HEAD_BYTES || (isReference === true && size <= HEAD_BYTES);
};
