import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { RevisionListMessage, RevisionMessage } from '../../api/contract-messages.ts';
import type { IntakeMessage } from '../../api/intake-messages.ts';
import type {
  ArchivedRunsMessage,
  CancelRequest,
  CertificateMessage,
  DiscoveryMessage,
  EvaluationMessage,
  EvidenceLinkMessage,
  InitRequest,
  MaterialMessage,
  PolicyTotalsMessage,
  RebuildMessage,
  ReferrersMessage,
  RetentionMessage,
  RunListMessage,
  RunMessage,
  TotalsMessage,
} from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import type { RestoredRecordMessage } from '../../api/record-messages.ts';
import { readAnswer } from './answer.ts';
import type { Call, Transport } from './transport.ts';

/** Namespace and name of a run. */
export interface RunRef {
  readonly namespace: string;
  readonly run: string;
}

/** A material on its way. */
export interface Upload {
  readonly name: string;
  readonly type?: string;
  readonly filename?: string;
  readonly form: 'bytes' | 'reference';
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether it may take the place of other content under its name. */
  readonly replace: boolean;
  readonly size: number;
  /** SHA-256 of the bytes, raw. */
  readonly sha256: Uint8Array;
  readonly body: Uint8Array | (() => Readable);
}

type Query = Readonly<Record<string, string>>;

const runPath = ({ namespace, run }: RunRef, ...rest: readonly string[]): string =>
  ['/v1/namespaces', namespace, 'runs', run, ...rest]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join('/');

/** The receiver's calls, typed. Each throws the Problem that it was answered with. */
export function createReceiver(transport: Transport) {
  const bytes = async (call: Call): Promise<Buffer> => readAnswer(await transport.open(call));
  const json = async <T>(call: Call): Promise<T> => {
    const body = await bytes(call);
    try {
      return JSON.parse(body.toString('utf8')) as T;
    } catch (cause) {
      throw new Problem('internal', 'the receiver answered something that is not JSON', { cause });
    }
  };
  const get = <T>(path: string): Promise<T> => json({ method: 'GET', path, idempotent: true });
  const post = <T>(path: string, body: object, idempotent: boolean): Promise<T> =>
    json({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      idempotent,
    });

  return {
    /** Idempotent by its run key; without one it must not be sent twice. */
    open: (body: InitRequest): Promise<RunMessage> =>
      post('/v1/runs', body, body.dryRun === true || body.idempotencyKey !== undefined),
    state: (run: RunRef): Promise<RunMessage> => get(runPath(run)),
    list: async (namespace: string, query: { readonly workflow?: string; readonly limit?: string }) => {
      const search = new URLSearchParams({ ...query }).toString();
      const path = `/v1/namespaces/${encodeURIComponent(namespace)}/runs${search === '' ? '' : `?${search}`}`;
      return (await get<RunListMessage>(path)).items;
    },
    revisions: async (namespace: string, contract: string): Promise<readonly RevisionMessage[]> => {
      const path = `/v1/namespaces/${encodeURIComponent(namespace)}/contracts/${encodeURIComponent(contract)}/revisions`;
      return (await get<RevisionListMessage>(path)).items;
    },
    add: (run: RunRef, upload: Upload): Promise<MaterialMessage> => json(materialCall(run, upload)),
    /** The exact bytes: they are what gets signed. */
    statement: (run: RunRef): Promise<Buffer> =>
      bytes({ method: 'GET', path: runPath(run, 'statement'), idempotent: true }),
    push: (run: RunRef, attestation: Uint8Array): Promise<RunMessage> =>
      json({
        method: 'POST',
        path: runPath(run, 'attestation'),
        headers: { 'content-type': 'application/json' },
        body: attestation,
        // The same bytes again get the same answer.
        idempotent: true,
      }),
    evaluate: (run: RunRef, dryRun: boolean): Promise<EvaluationMessage> =>
      json({ method: 'POST', path: `${runPath(run, 'evaluation')}${dryRun ? '?dryRun=true' : ''}`, idempotent: true }),
    cancel: (run: RunRef, body: CancelRequest): Promise<RunMessage> => post(runPath(run, 'cancel'), body, false),
    /** The bytes from an offset on. */
    evidence: (digest: string, from = 0): Promise<IncomingMessage> =>
      transport.open({
        method: 'GET',
        path: `/v1/evidence/${digest}`,
        ...(from === 0 ? {} : { headers: { range: `bytes=${from}-` } }),
        idempotent: true,
      }),
    evidenceLink: (digest: string): Promise<EvidenceLinkMessage> => get(`/v1/evidence/${digest}?link=true`),
    referrers: (digest: string): Promise<ReferrersMessage> => get(`/v1/referrers/${digest}?limit=100`),
    /** A page; its `next` is the `cursor` of the one after it. */
    archivedRuns: (query: Query): Promise<ArchivedRunsMessage> => get(`/v1/archive/runs?${new URLSearchParams(query)}`),
    policyTotals: (query: Query): Promise<PolicyTotalsMessage> =>
      get(`/v1/archive/policies?${new URLSearchParams(query)}`),
    archiveTotals: (query: Query): Promise<TotalsMessage> => get(`/v1/archive/totals?${new URLSearchParams(query)}`),
    discover: (digest: string, query: Query): Promise<DiscoveryMessage> =>
      get(`/v1/archive/discover/${encodeURIComponent(digest)}?${new URLSearchParams(query)}`),
    /** Begins it, again if it is under way. */
    rebuild: (): Promise<RebuildMessage> => json({ method: 'POST', path: '/v1/archive/rebuild', idempotent: true }),
    intake: (query: Query): Promise<IntakeMessage> => get(`/v1/intake?${new URLSearchParams(query)}`),
    retention: (): Promise<RetentionMessage> => get('/v1/archive/retention'),
    rebuildProgress: (): Promise<RebuildMessage> => get('/v1/archive/rebuild'),
    /** Lines: every archive record behind the run with this uid, or what is said in its place. */
    archiveRecords: (after: string): Promise<IncomingMessage> =>
      transport.open({
        method: 'GET',
        path: `/v1/archive/records${after === '' ? '' : `?${new URLSearchParams({ after })}`}`,
        idempotent: true,
      }),
    restoreRecord: (digest: string, record: Uint8Array, dryRun: boolean): Promise<RestoredRecordMessage> =>
      json({
        method: 'PUT',
        path: `/v1/archive/records/${digest}${dryRun ? '?dryRun=true' : ''}`,
        headers: { 'content-type': 'application/json', 'content-length': record.length },
        body: record,
        idempotent: true,
      }),
    certificate: (csr: string): Promise<CertificateMessage> => post('/v1/signing/certificate', { csr }, true),
    close: () => transport.close(),
  };
}

export type Receiver = ReturnType<typeof createReceiver>;

/**
 * The digest is sent ahead in a header, so the file is read twice: once to hash, once to send. A trailer would save the
 * first reading, but proxies drop trailers; and a file that changes in between is noticed this way by the receiver.
 */
function materialCall(run: RunRef, upload: Upload): Call {
  const query = new URLSearchParams({ form: upload.form });
  if (upload.replace) query.set('replace', 'true');
  if (upload.type !== undefined) query.set('type', upload.type);
  if (upload.filename !== undefined) query.set('filename', upload.filename);
  for (const [name, value] of Object.entries(upload.annotations)) query.append('annotation', `${name}=${value}`);
  return {
    method: 'PUT',
    path: `${runPath(run, 'materials', upload.name)}?${query}`,
    headers: {
      'content-type': upload.form === 'reference' ? 'text/plain' : 'application/octet-stream',
      'content-length': upload.size,
      'content-digest': `sha-256=:${Buffer.from(upload.sha256).toString('base64')}:`,
    },
    body: upload.body,
    idempotent: true,
  };
}
