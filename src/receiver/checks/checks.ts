import type { ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { Problem } from '../../api/problem.ts';
import { HEAD_BYTES } from '../../materials/kind.ts';
import type { WrittenProjection } from '../../policy/project/written.ts';
import { createPool, type Turn } from '../../queue/threads/pool.ts';
import type { Load } from '../../queue/threads/turns.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { ImageVerdict } from '../../verify/image.ts';
import { type ClaimsReading, readClaims } from '../intake/claims.ts';
import { keepWhile } from '../memory.ts';
import { type EnvelopeTask, type EnvelopeVerdict, judgeEnvelope } from './envelope.ts';
import type { ImageTask } from './image.ts';
import { type Judgement, type JudgementTask, judge } from './judgement.ts';
import { isQuickAttestation, isQuickEnvelope, isQuickMaterial } from './quick.ts';
import { createRootSharing } from './shared-root.ts';
import {
  type Inspected,
  inspectBytes,
  projectContent,
  type SentContent,
  type SentEnvelope,
  type SentImage,
  type SentJudgement,
  type SentMaterial,
} from './worker.ts';

/** What takes long to check, and what doesn't: in a thread, or at once. */
export interface Checks {
  /** Never rejects for what was handed in, but with a `Problem` where there was no turn for it, or it took too much. */
  attestation(task: JudgementTask, asker: Asker): Promise<Judgement>;
  /** The same; may reject with whatever the inspection threw. */
  material(material: SentMaterial, asker: Asker): Promise<Inspected>;
  /** What policies get to see of what is in a store already. */
  project(content: SentContent, asker: Asker): Promise<WrittenProjection>;
  /** Always in a thread: a document of signatures can hold a hundred. The pieces stay what they are. */
  image(image: AskedImage, asker: Asker): Promise<ImageVerdict>;
  /** What an envelope says of itself. The bytes stay what they are, and so below. */
  claims(bytes: Uint8Array, asker: Asker): Promise<ClaimsReading>;
  /** Who signed an envelope. */
  envelope(task: EnvelopeTask, asker: Asker): Promise<EnvelopeVerdict>;
  /** Of the threads, and of the line for them. */
  load(): Load;
  close(): Promise<void>;
}

/** `ImageTask` with the bytes in pieces. */
export interface AskedImage extends Omit<ImageTask, 'bytes'> {
  readonly pieces: readonly ArrayBuffer[];
}

/** For whom it is checked. */
export interface Asker {
  readonly identity: string;
  /** Who waits for it; absent: nobody in particular, and it is done in any case. */
  readonly response?: ServerResponse;
}

/** The bundle lies beside that of the receiver. */
const FILE = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './check-worker.mjs', import.meta.url);
/** More threads would only make the queue of the disk and of the API server longer. */
const MAX_THREADS = 4;
/** Half of them for one identity, which has no more requests under way anyway. */
const LINE = 256;
/** A connection on which nothing comes for a minute is closed. */
const PATIENCE_MS = 30_000;
const DEADLINE_MS = 20_000;
const HEAP_MEGABYTES = 512;

const exceeded = (limit: 'time' | 'memory'): Problem =>
  new Problem(
    'check-exceeded',
    `checking the content took over ${limit === 'time' ? `${DEADLINE_MS / 1000} seconds` : `${HEAP_MEGABYTES} MB of memory`} and was ended`,
    {
      hint: 'documents of the usual tools take a fraction of that; look at what wrote this one, or hand in a smaller one',
    },
  );

export function createChecks(log: Logger): Checks {
  const pool = createPool({
    file: FILE,
    places: Math.min(MAX_THREADS, availableParallelism()),
    line: LINE,
    patienceMs: PATIENCE_MS,
    deadlineMs: DEADLINE_MS,
    heapMegabytes: HEAP_MEGABYTES,
    exceeded,
    onError: (error) => log.error({ err: error }, 'Thread for checks ended'),
  });
  const share = createRootSharing();

  function inThread<T>(name: string, task: object, asker: Asker, transfer: Turn['transfer'] = []): Promise<T> {
    const { identity, response } = asker;
    if (response === undefined) return pool.run<T>(name, task, { identity, transfer });
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
      const { pieces, ...material } = sent;
      const [first = new ArrayBuffer(0)] = pieces;
      if (isQuickMaterial(sent.type, sent)) return inspectBytes(new Uint8Array(first), material);
      return inThread('inspectMaterial', sent, asker, pieces);
    },
    async project(content, asker) {
      return content.size <= HEAD_BYTES
        ? projectContent(content)
        : inThread('projectContent', content, asker, content.pieces);
    },
    image: ({ trust, ...task }, asker) => {
      const sent: SentImage = { ...task, trust: share(trust) };
      return inThread('judgeSignatures', sent, asker);
    },
    async claims(bytes, asker) {
      if (isQuickEnvelope(bytes)) return readClaims(bytes);
      const copy = new Uint8Array(bytes).buffer;
      return inThread('readEnvelope', copy, asker, [copy]);
    },
    async envelope(task, asker) {
      if (isQuickAttestation(task.bytes, task.trust)) return judgeEnvelope(task);
      const bytes = new Uint8Array(task.bytes).buffer;
      const sent: SentEnvelope = { ...task, bytes, trust: share(task.trust) };
      return inThread('verifyEnvelope', sent, asker, [bytes]);
    },
    load: pool.load,
    close: pool.close,
  };
}
