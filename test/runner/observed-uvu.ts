import * as uvu from 'uvu';
import { reportAtExit, type SuiteReport } from './report.ts';

/**
 * uvu that keeps account of its suites. uvu itself forgets a suite that nobody ran, swallows what a hook throws, and says
 * what came of it all only in text.
 */
export { exec } from 'uvu';

type Account = { -readonly [K in keyof SuiteReport]: SuiteReport[K] };
/** What a run of a suite resolves to: what failed as text or `true`, then passed, skipped and all tests. */
type Run = () => Promise<readonly [string | true, number, number, number]>;

const accounts: Account[] = [];
const queue = globalThis as unknown as { readonly UVU_QUEUE: Run[][] };

export function suite<T = Record<string, unknown>>(name = '', state?: T): uvu.Test<T> {
  return observed(uvu.suite(name, state), newAccount(name));
}

/** The nameless suite, which is only there for a file that puts something into it. */
export const test = observed(uvu.test, newAccount(''));

reportAtExit(accounts);

function newAccount(name: string): Account {
  return { name, registered: 0, only: 0, skipped: 0, started: 0, ended: 0, ran: 0, passed: 0, stopped: false };
}

function observed<T>(own: uvu.Test<T>, account: Account): uvu.Test<T> {
  const isNameless = own === uvu.test;
  if (!isNameless) accounts.push(account);
  const use = () => {
    if (isNameless && !accounts.includes(account)) accounts.push(account);
  };
  const add = (name: string, handler: uvu.Callback<T>) => {
    use();
    account.registered += 1;
    own(name, handler);
  };
  return Object.assign(add, {
    only: (name: string, handler: uvu.Callback<T>) => {
      use();
      account.registered += 1;
      account.only += 1;
      own.only(name, handler);
    },
    skip: () => {
      use();
      account.skipped += 1;
      own.skip();
    },
    before: Object.assign(hook(own.before), { each: hook(own.before.each) }),
    after: Object.assign(hook(own.after), { each: hook(own.after.each) }),
    run: () => {
      use();
      own.run();
      observeRun(account);
    },
  });
}

/** Puts an observer around the run that uvu has just queued. */
function observeRun(account: Account): void {
  const queued = queue.UVU_QUEUE[0]?.pop();
  if (queued === undefined) throw new Error('uvu queues its runs in another way now');
  account.started += 1;
  queue.UVU_QUEUE[0]?.push(async () => {
    const result = await queued();
    const [errors, passed, , total] = result;
    account.ended += 1;
    account.ran += total;
    account.passed += passed;
    account.stopped ||= errors === true && passed < total;
    return result;
  });
}

/** A hook that shows what it throws, which uvu drops. */
function hook<T>(register: (handler: uvu.Callback<T>) => void): (handler: uvu.Callback<T>) => void {
  return (handler) =>
    register(async (state) => {
      try {
        await handler(state);
      } catch (error) {
        console.error(error);
        throw error;
      }
    });
}
