import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { IntakeItem, IntakeMessage, UploadMessage } from '../../api/intake-messages.ts';
import { Problem } from '../../api/problem.ts';
import {
  countEnvelopes,
  findEnvelope,
  type IntakeFilter,
  intakeNamespaces,
  type ListedEnvelope,
  listEnvelopes,
} from '../../archive/intake.ts';
import type { Authenticated } from '../auth/review.ts';
import type { ReceiverContext } from '../context.ts';
import { isGitoid } from '../intake/gitoid.ts';
import type { Posters } from '../intake/posters.ts';
import { type Sender, takeEnvelope } from '../intake/take.ts';
import { paced } from '../patience.ts';
import { assertOpen } from '../run-access.ts';
import { evidenceForReader } from './evidence.ts';
import { nameQuery, param, wholeNumber } from './params.ts';
import type { WhichRun } from './which-run.ts';

/** What an address says of the run, and whether it is for who has no token too. */
export interface UploadPlace {
  readonly which?: WhichRun;
  /** Takes from what an anonymous sender may send; absent: everybody says who he is. */
  readonly posters?: Posters;
}

/** `POST …/upload`, as Archivista's clients send to it: answered when the bytes are durable, and judged then. */
export const uploadRoute =
  (context: ReceiverContext, place: UploadPlace) => async (request: Request, response: Response) => {
    // Where there is none, nobody has to send first to be told.
    await context.archive.ask(() => Promise.resolve());
    const sender = await senderOf(context, place, request, response);
    const answer: UploadMessage = { gitoid: await takeEnvelope(context, request, response, sender) };
    response.json(answer);
  };

async function senderOf(
  context: ReceiverContext,
  { which, posters }: UploadPlace,
  request: Request,
  response: Response,
): Promise<Exclude<Sender, { kind: 'tekton' }>> {
  if (posters !== undefined && request.headers.authorization === undefined) {
    const address = posters(request, response);
    const place =
      which === undefined ? {} : { namespace: param(request, 'namespace'), workflow: param(request, 'workflow') };
    return { kind: 'anybody', address, ...place };
  }
  const authenticated = await context.authenticate(request, response);
  if (which === undefined) {
    throw new Problem('request-invalid', 'a token says who sends, and this address not to which workflow', {
      hint: 'take /v1/namespaces/NAMESPACE/workflows/WORKFLOW as the address of Archivista, to which clients add /upload',
    });
  }
  const run = await which(context, authenticated, request);
  assertOpen(run, new Date());
  return { kind: 'caller', username: authenticated.caller.username, run };
}

/** `GET …/download/{gitoid}`: the exact bytes, for who may see the evidence of the run or the namespace; else as if there were none. */
export const downloadRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const authenticated = await context.authenticate(request, response);
  const gitoid = gitoidParam(request);
  const found = await context.archive.ask((database) => findEnvelope(database, gitoid));
  if (found === undefined) throw notFound(gitoid);
  response.set({ 'content-type': 'application/json', 'content-length': String(found.size) });
  if (found.body === null) {
    const stream = await evidenceForReader(context, authenticated, found.digest);
    if (stream === undefined) throw notFound(gitoid);
    await pipeline(paced(stream), response);
    return;
  }
  if (!(await maySeeKept(context, authenticated, found.namespace))) throw notFound(gitoid);
  response.end(Buffer.from(found.body));
};

const notFound = (gitoid: string): Problem =>
  new Problem('evidence-not-found', `there is no envelope ${gitoid} that this identity may see`);

function gitoidParam(request: Request): string {
  const gitoid = String(request.params.gitoid);
  if (isGitoid(gitoid)) return gitoid;
  const errors = [{ at: 'gitoid', message: 'must be 64 lower-case hex digits, as /upload answers them' }];
  throw new Problem('request-invalid', `'${gitoid.slice(0, 100)}' is not a gitoid`, { errors });
}

/** What belongs to no namespace is for who may see the runs of all. */
const maySeeKept = (
  { access }: ReceiverContext,
  { caller }: Authenticated,
  namespace: string | null,
): Promise<boolean> => (namespace === null ? access.mayReadAll(caller) : access.mayRead(caller, namespace, 'get'));

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** `GET /v1/intake?namespace=&limit=`: what came in and what became of it, as far as the caller may see it. */
export const intakeRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const filter = await readableFilter(context, request, response);
  const limit = wholeNumber(request, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
  const [counts, items] = await context.archive.ask((database) =>
    Promise.all([countEnvelopes(database, filter), listEnvelopes(database, filter, limit)]),
  );
  const answer: IntakeMessage = {
    counts: counts.map(({ state, reason, count, bytes }) => ({
      ...{ state, count: Number(count), bytes: Number(bytes) },
      ...(reason === null ? {} : { reason }),
    })),
    items: items.map(itemOf),
  };
  response.json(answer);
};

async function readableFilter(context: ReceiverContext, request: Request, response: Response): Promise<IntakeFilter> {
  const { caller } = await context.authenticate(request, response);
  const named = nameQuery(request, 'namespace');
  const candidates = named === undefined ? await context.archive.ask(intakeNamespaces) : [named];
  const namespaces: string[] = [];
  for (const namespace of candidates) {
    if (await context.access.mayRead(caller, namespace, 'get')) namespaces.push(namespace);
  }
  if (named === undefined) return { namespaces, unbound: await context.access.mayReadAll(caller) };
  if (namespaces.length > 0) return { namespaces, unbound: false };
  throw new Problem('read-forbidden', `'${caller.username}' may not read the runs of '${named}'`, {
    hint: "get the verb 'get' on workflowruns.proviso.dev there",
  });
}

const itemOf = (row: ListedEnvelope): IntakeItem => ({
  ...{ gitoid: row.gitoid, state: row.state, origin: row.origin, digest: row.digest, size: row.size },
  ...{ predicateType: row.predicate_type, receiveTime: row.received, expireTime: row.expires },
  ...(row.reason === null ? {} : { reason: row.reason }),
  ...(row.message === null ? {} : { message: row.message }),
  ...(row.poster === null ? {} : { poster: row.poster }),
  ...(row.namespace === null ? {} : { namespace: row.namespace }),
  ...(row.workflow === null ? {} : { workflow: row.workflow }),
  ...(row.run === null ? {} : { run: row.run }),
  ...(row.material === null ? {} : { material: row.material }),
  ...(row.signer === null ? {} : { signer: row.signer }),
});
