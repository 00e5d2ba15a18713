import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { KIND } from '../../api/kinds.ts';
import type { EvidenceLinkMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { evidenceOf } from '../../api/run-evidence.ts';
import type { Workflow, WorkflowRun } from '../../api/types.gen.ts';
import { documentsNaming } from '../../archive/runs.ts';
import { isDigest } from '../../evidence/digest.ts';
import type { ByteRange, Digest, EvidenceInfo } from '../../evidence/store.ts';
import { homeOf } from '../auth/caller.ts';
import type { Authenticated } from '../auth/review.ts';
import { bodyChunks } from '../body.ts';
import { assertDigest } from '../content-digest.ts';
import type { ReceiverContext } from '../context.ts';
import { paced } from '../patience.ts';
import { maySee } from '../run-access.ts';
import type { OpenStore } from '../stores.ts';
import { digestParam, flag, nameQuery } from './params.ts';

/** `GET` and `HEAD /v1/evidence/sha256:{hex}`, whole or one range; with `?link=true` where the store itself gives the bytes out. */
export const getEvidenceRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const digest = digestParam(request);
  const asLink = flag(request, 'link');
  const { store, info } = await findEvidence(context, authenticated, digest);
  if (asLink) {
    response.json(await linkMessage(store, info));
    return;
  }
  const range = parseRange(request.headers.range, info.size);
  const { start, end } = range ?? { start: 0, end: info.size - 1 };
  response.status(range === undefined ? 200 : 206).set({
    'content-type': 'application/octet-stream',
    'content-length': String(end - start + 1),
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
    'repr-digest': `sha-256=:${Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64')}:`,
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${info.size}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stream = await store.bytes.get(digest, range);
  if (stream === undefined) throw notFound(digest);
  await pipeline(paced(stream), response);
};

async function linkMessage({ name, bytes }: OpenStore, { digest, size }: EvidenceInfo): Promise<EvidenceLinkMessage> {
  if (bytes.link === undefined) {
    throw new Problem('link-unavailable', `the evidence store '${name}' gives no links`, {
      hint: 'get the bytes from here, without link=true; an administrator may set spec.s3.signedUrls of a store in S3',
    });
  }
  const { url, expires } = await bytes.link(digest, new Date());
  return { url, expirationTime: expires.toISOString(), digest, size };
}

/** `PUT /v1/evidence/sha256:{hex}?workflow=`: stores bytes for a workflow that the caller submits to. */
export const putEvidenceRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const digest = digestParam(request);
  const store = await storeForSubmitter(context, authenticated, request);
  const stage = await store.bytes.stage(digest);
  try {
    for await (const chunk of bodyChunks(request, store.maxBlobSize)) await stage.write(chunk);
    const found = stage.info();
    if (found.size === 0) throw new Problem('material-empty', 'the evidence has no bytes');
    assertDigest(digest, found.digest);
    const info = await stage.commit();
    response.status(201).json(info);
  } finally {
    await stage.discard();
  }
};

const notFound = (digest: string): Problem =>
  new Problem('evidence-not-found', `there is no evidence ${digest} that this identity may see`);

/** Of these many runs that left the cluster one has to be the caller's to see. */
const MAX_ARCHIVED = 100;

/** The runs that refer to bytes: those of the cluster, then those that only the archive has. */
async function* runsReferring(context: ReceiverContext, digest: Digest): AsyncGenerator<WorkflowRun> {
  yield* context.runs.byIndex('digest', digest);
  if (!context.archive.isKept) return;
  const documents = await context.archive.ask((database) => documentsNaming(database, digest, MAX_ARCHIVED));
  for (const document of documents) yield JSON.parse(document) as WorkflowRun;
}

/** Evidence is seen through the runs that refer to it: who may see one of them may see the bytes. */
async function findEvidence(
  context: ReceiverContext,
  { caller }: Authenticated,
  digest: Digest,
): Promise<{ readonly store: OpenStore; readonly info: EvidenceInfo }> {
  for await (const run of runsReferring(context, digest)) {
    const kept = (await maySee(context, caller, run))
      ? evidenceOf(run).find((each) => each.digest === digest)
      : undefined;
    if (kept === undefined) continue;
    const store = await context.stores.get(kept.storeName);
    const info = await store.bytes.stat(digest);
    if (info !== undefined) return { store, info };
  }
  throw notFound(digest);
}

/** The bytes, whole, for who may see a run that refers to them. Throws `evidence-not-found`. */
export async function evidenceForReader(
  context: ReceiverContext,
  authenticated: Authenticated,
  digest: string,
): Promise<Readable | undefined> {
  if (!isDigest(digest)) return undefined;
  const { store } = await findEvidence(context, authenticated, digest);
  return store.bytes.get(digest);
}

async function storeForSubmitter(
  context: ReceiverContext,
  { caller }: Authenticated,
  request: Request,
): Promise<OpenStore> {
  const namespace = nameQuery(request, 'namespace') ?? homeOf(caller) ?? '';
  const name = nameQuery(request, 'workflow') ?? '';
  const allowed = name !== '' && (await context.access.maySubmit(caller, namespace, name));
  const workflow = allowed ? await context.client.find<Workflow>(KIND.Workflow, { namespace, name }) : undefined;
  const storeName = workflow?.status?.evidenceStoreName;
  if (storeName === undefined) {
    throw new Problem('submit-forbidden', `'${caller.username}' may not store evidence for the workflow '${name}'`, {
      hint: 'name a workflow that you submit to: ?workflow=NAME',
    });
  }
  return context.stores.get(storeName);
}

const RANGE = /^bytes=(\d*)-(\d*)$/;

/** One range of RFC 9110; several ranges are answered whole, as the standard allows. */
function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = RANGE.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end) return { start, end };
  throw new Problem('range-invalid', `the evidence has ${size} bytes, so ${header} is outside of it`);
}
