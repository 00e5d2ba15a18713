import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import { Problem } from '../../api/problem.ts';
import { type ClusterFlags, withCluster } from '../cluster.ts';
import { EXIT } from '../exit-code.ts';
import { dayOf, daysBefore } from '../report/days.ts';
import { makeReport } from '../report/make.ts';
import { reportMarkdown } from '../report/markdown.ts';
import { percent, type Report, rateOf } from '../report/model.ts';
import { reportPage } from '../report/page.ts';
import { see } from '../report/see.ts';
import { printResult, type Session, targetNamespace } from '../session.ts';

export interface ReportFlags extends ClusterFlags {
  /** Every namespace. */
  readonly all?: boolean;
  readonly since: string;
  /** Where the page goes. */
  readonly html?: string;
  /** Percent. */
  readonly failUnder?: string;
}

/**
 * `proviso report`: how workflows and teams stand, what is open and what is waived, as Markdown or JSON on stdout and as an HTML page in
 * a file.
 */
export async function report(session: Session, flags: ReportFlags): Promise<number> {
  const now = new Date();
  const [from, to] = [firstDay(flags.since, now), dayOf(now)];
  const least = flags.failUnder === undefined ? undefined : percentOf(flags.failUnder);
  const scope = flags.all === true ? {} : { namespace: targetNamespace(session) };
  return withCluster(flags, async (client) => {
    const sight = await see({ client, receiver: session.receiver, ...scope, from });
    const made = makeReport({ ...scope, time: now.toISOString(), from, to, version: manifest.version }, sight);
    if (flags.html !== undefined) await writePage(session, flags.html, made);
    printResult(session, made, () => reportMarkdown(made));
    return outcomeOf(session, made, least);
  });
}

const MAX_DAYS = 366;

/** The day of `--since`, of so many days the first. Throws `usage`. */
export function firstDay(since: string, now: Date): string {
  const today = dayOf(now);
  const [, count] = /^(\d{1,3})d$/.exec(since) ?? [];
  const day = /^\d{4}-\d\d-\d\d$/.test(since) && !Number.isNaN(Date.parse(since)) ? since : undefined;
  const first = count === undefined ? day : daysBefore(today, Number(count) - 1);
  if (first !== undefined && first <= today && first > daysBefore(today, MAX_DAYS)) return first;
  throw new Problem('usage', `--since '${since}' is no day of the last ${MAX_DAYS} days`, {
    hint: `give 1d to ${MAX_DAYS}d, or a day such as ${daysBefore(today, 29)}`,
  });
}

function percentOf(text: string): number {
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new Problem('usage', `--fail-under '${text}' is not a number of percent, 0 to 100`);
}

const writePage = ({ io }: Session, file: string, made: Report): Promise<void> =>
  writeFile(resolve(io.cwd, file), reportPage(made)).catch((cause: unknown) => {
    throw new Problem('usage', `'${file}' can't be written`, { cause });
  });

/** What can't be told counts as too little. */
function outcomeOf({ io }: Session, { totals }: Report, least: number | undefined): number {
  if (least === undefined) return EXIT.ok;
  const rate = rateOf(totals);
  if (rate !== undefined && rate * 100 >= least) return EXIT.ok;
  io.err(
    rate === undefined
      ? `no run has a verdict in that time, and ${least} % have to be accepted`
      : `${percent(rate)} of the runs with a verdict were accepted, and ${least} % have to be`,
  );
  return EXIT.contractNotMet;
}
