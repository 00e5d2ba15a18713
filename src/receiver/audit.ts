import type { ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { AuditAction, AuditEntry } from '../api/audit-line.ts';
import type { AuditLog } from '../telemetry/audit.ts';

/** Refused before anything was looked at. Anybody could have as many lines written of it as he likes, also who is nobody. */
const UNDECIDED: ReadonlySet<string> = new Set(['rate-limited', 'overloaded', 'shutting-down']);

/** What a request has come to so far. */
type Decision = Partial<Pick<AuditEntry, 'who' | 'what' | 'code'>>;

/** By answer, until that is on its way. */
const decisions = new WeakMap<ServerResponse, Decision>();

/** Notes who asks, what it is about, or why it is refused, for the line that is written when the answer goes out. */
export function decided(response: ServerResponse, { what, ...rest }: Decision): void {
  const before = decisions.get(response) ?? {};
  decisions.set(response, { ...before, ...rest, what: { ...before.what, ...what } });
}

/** Has a line written of what the request is answered with, before the answer goes out; with `refusals`, only of those. */
export const audited =
  (audit: AuditLog, action: AuditAction, which: 'all' | 'refusals' = 'all') =>
  (request: Request, response: Response, next: NextFunction): void => {
    let isNoted = false;
    const note = (status: number): void => {
      if (isNoted) return;
      isNoted = true;
      const { who, code = '', what } = decisions.get(response) ?? {};
      if (who === undefined || UNDECIDED.has(code) || (status < 400 && which === 'refusals')) return;
      const verdict = status < 400 ? 'Allowed' : status < 500 ? 'Refused' : 'Failed';
      audit.note({
        action,
        verdict,
        who,
        code: code === '' ? undefined : code,
        what: { ...paramsOf(request), ...what },
      });
    };
    const { writeHead } = response;
    // Whatever answers, be it in one piece or in several, comes through it.
    response.writeHead = ((...given: Parameters<typeof writeHead>) => {
      note(given[0]);
      return writeHead.apply(response, given);
    }) as typeof writeHead;
    // Who has gone away gets no answer, and may have got what he wanted.
    response.on('close', () => note(500));
    next();
  };

const paramsOf = ({ params }: Request): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
