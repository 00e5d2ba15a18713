import type { Request, Response } from 'express';
import {
  type ArchivedRunsMessage,
  type DiscoveryMessage,
  POLICY_OUTCOMES,
  type PolicyTotalsMessage,
  type TotalsMessage,
} from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { discover } from '../../archive/discover.ts';
import { policyTotals } from '../../archive/policy-totals.ts';
import { archivedNamespaces, listRuns, type PageEnd, type RunFilter } from '../../archive/runs.ts';
import { totalsOf } from '../../archive/totals.ts';
import type { ReceiverContext } from '../context.ts';
import { choice, digestParam, nameQuery, query, wholeNumber } from './params.ts';

const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 50;
const MAX_DEPTH = 10;
const MAX_RUNS = 500;

/** `GET /v1/archive/runs`: the runs that fit, the newest first, page by page. */
export const archivedRunsRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const filter = await readableFilter(context, request, response);
  const limit = wholeNumber(request, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
  const after = cursorOf(request);
  const found = await context.archive.ask((database) => listRuns(database, filter, limit + 1, after));
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  const answer: ArchivedRunsMessage = {
    items: items.map((run) => ({
      ...{ namespace: run.namespace, run: run.name, workflow: run.workflow, contract: run.contract },
      ...{ revision: run.contract_revision, succeeded: run.succeeded, reason: run.reason, runner: run.runner },
      ...{ startTime: run.started, finishTime: run.finished, seconds: run.duration_ms / 1000 },
      ...(run.project === null ? {} : { project: run.project }),
      ...(run.team === null ? {} : { team: run.team }),
      ...(run.commit_sha === null ? {} : { commit: run.commit_sha }),
      ...(run.signer === null ? {} : { signer: run.signer }),
    })),
    ...(last === undefined ? {} : { next: cursorAt(last) }),
  };
  response.json(answer);
};

/** `GET /v1/archive/totals?by=&period=`: what runs add up to. */
export const totalsRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const filter = await readableFilter(context, request, response);
  const by = choice(request, 'by', ['workflow', 'team', 'project'] as const);
  const period = choice(request, 'period', ['day', 'month', 'all'] as const);
  const limit = wholeNumber(request, 'limit', MAX_LIMIT, MAX_LIMIT);
  const items = await context.archive.ask((database) => totalsOf(database, filter, { by, period, limit }));
  const answer: TotalsMessage = { by, items };
  response.json(answer);
};

/** `GET /v1/archive/policies?period=`: what policies said of runs. */
export const policyTotalsRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const filter = await readableFilter(context, request, response);
  const period = choice(request, 'period', ['day', 'month', 'all'] as const);
  const limit = wholeNumber(request, 'limit', MAX_LIMIT, MAX_LIMIT);
  const items = await context.archive.ask((database) => policyTotals(database, filter, { period, limit }));
  const answer: PolicyTotalsMessage = { items };
  response.json(answer);
};

/** `GET /v1/archive/discover/{digest}?direction=&depth=`: what it was made with, or what was made with it. */
export const discoverRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { namespaces } = await readableFilter(context, request, response);
  const digest = digestParam(request);
  const direction = choice(request, 'direction', ['origins', 'uses'] as const);
  const depth = wholeNumber(request, 'depth', 3, MAX_DEPTH);
  const options = { direction, depth, namespaces, maxRuns: MAX_RUNS };
  const found = await context.archive.ask((database) => discover(database, digest, options));
  const answer: DiscoveryMessage = { digest, direction, ...found };
  response.json(answer);
};

/** What is asked for, of what the caller may see: of others he isn't told whether there are any. */
async function readableFilter(context: ReceiverContext, request: Request, response: Response): Promise<RunFilter> {
  const { caller } = await context.authenticate(request, response);
  const named = nameQuery(request, 'namespace');
  const candidates = named === undefined ? await context.archive.ask(archivedNamespaces) : [named];
  const allowed: string[] = [];
  for (const namespace of candidates) {
    if (await context.access.mayRead(caller, namespace, 'get')) allowed.push(namespace);
  }
  if (named !== undefined && allowed.length === 0) {
    throw new Problem('read-forbidden', `'${caller.username}' may not read the runs of '${named}'`, {
      hint: "get the verb 'get' on workflowruns.proviso.dev there",
    });
  }
  return { namespaces: allowed, ...textFilter(request), ...timeFilter(request) };
}

function textFilter(request: Request): Omit<RunFilter, 'namespaces'> {
  const names = ['workflow', 'project', 'team', 'reason', 'digest', 'commit', 'signer', 'policy'] as const;
  const given = names.flatMap((name) => {
    const value = query(request, name, 512);
    return value === undefined ? [] : [[name, value] as const];
  });
  const succeeded = oneOf(request, 'succeeded', ['True', 'False'] as const);
  const outcome = oneOf(request, 'outcome', POLICY_OUTCOMES);
  return {
    ...Object.fromEntries(given),
    ...(succeeded === undefined ? {} : { succeeded }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** Unlike a choice it may be left out, which asks for all of them. */
function oneOf<T extends string>(request: Request, name: string, allowed: readonly T[]): T | undefined {
  const given = query(request, name, 16);
  const found = allowed.find((each) => each === given);
  if (given === undefined || found !== undefined) return found;
  throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
    errors: [{ at: `?${name}=`, message: `must be one of ${allowed.join(', ')}` }],
  });
}

function timeFilter(request: Request): Pick<RunFilter, 'since' | 'until'> {
  const time = (name: string): string | undefined => {
    const text = query(request, name, 64);
    if (text === undefined) return undefined;
    const at = RFC3339.test(text) ? new Date(text) : new Date(Number.NaN);
    if (!Number.isNaN(at.getTime())) return at.toISOString();
    throw new Problem('request-invalid', `the parameter '${name}' is not valid`, {
      errors: [
        { at: `?${name}=`, message: 'must be a time such as 2026-11-28T10:00:00Z, or a day such as 2026-11-28' },
      ],
    });
  };
  const [since, until] = [time('since'), time('until')];
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/;

/** It says where a page ended, and nothing that its reader didn't see. */
const cursorAt = ({ started, uid }: PageEnd): string =>
  Buffer.from(JSON.stringify([started, uid])).toString('base64url');

function cursorOf(request: Request): PageEnd | undefined {
  const text = query(request, 'cursor', 512);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && typeof parsed[0] === 'string' && typeof parsed[1] === 'string') {
      return { started: parsed[0], uid: parsed[1] };
    }
  } catch {
    // Told below.
  }
  throw new Problem('request-invalid', "the parameter 'cursor' is not valid", {
    errors: [{ at: '?cursor=', message: "must be the 'next' of the page before" }],
  });
}
