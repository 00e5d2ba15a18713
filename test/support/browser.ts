import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium-headless-shell', 'chromium', 'google-chrome'];

/** A browser without a window; it is talked to by the Chrome DevTools Protocol over two pipes. */
export interface Browser {
  /** One command. Throws what the browser objects to. */
  send<T>(method: string, params?: object): Promise<T>;
  /** Parameters of every event of that name so far. */
  events<T>(method: string): readonly T[];
  /** Opens the page and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** What an expression comes to in the page, as JSON has it. */
  evaluate<T>(expression: string): Promise<T>;
  stop(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The program: PROVISO_BROWSER, or the first that is installed; undefined where none is. */
function installed(): string | undefined {
  const named = process.env.PROVISO_BROWSER;
  if (named !== undefined) return named;
  const places = (process.env.PATH ?? '').split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name)));
  return places.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const hasBrowser = (): boolean => installed() !== undefined;

function browserProgram(): string {
  const found = installed();
  if (found !== undefined) return found;
  throw new Error(`none of ${NAMES.join(', ')} is installed; on Debian: apt-get install chromium-headless-shell`);
}

/** Starts it on a profile of its own, with one page of the size that is given. */
export async function startBrowser(width: number, height: number): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'proviso-browser-'));
  const switches = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'];
  const options = [`--user-data-dir=${profile}`, `--window-size=${width},${height}`, '--remote-debugging-pipe'];
  const child = spawn(browserProgram(), [...switches, ...options, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-2_000);
  });
  const waiting = new Map<number, (message: Message) => void>();
  const heard: Message[] = [];
  const fail = (why: string): void => {
    for (const answer of waiting.values()) answer({ error: { message: `${why}\n${said}` } });
    waiting.clear();
  };
  child.on('error', (error) => fail(error.message)).on('exit', (code) => fail(`the browser ended with ${code}`));
  const [commands, answers] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  commands.on('error', () => {});
  onMessages(answers, (message) => {
    if (message.id === undefined) heard.push(message);
    else {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });

  let [count, sessionId]: [number, string | undefined] = [0, undefined];
  function send<T>(method: string, params: object = {}): Promise<T> {
    count += 1;
    const id = count;
    return new Promise((resolve, reject) => {
      waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result as T);
        else reject(new Error(`${method}: ${error.message}`));
      });
      if (child.exitCode !== null) fail(`the browser ended with ${child.exitCode}`);
      else commands.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
  }
  const events = <T>(method: string): readonly T[] =>
    heard.filter((message) => message.method === method).map(({ params }) => params as T);

  const { targetInfos } = await send<{ targetInfos: { type: string; targetId: string }[] }>('Target.getTargets');
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const attached = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  sessionId = attached.sessionId;
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await send(`${domain}.enable`);

  return {
    send,
    events,
    async open(url) {
      const before = events('Page.loadEventFired').length;
      const { errorText } = await send<{ errorText?: string }>('Page.navigate', { url });
      if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
      while (events('Page.loadEventFired').length === before) await once(answers, 'data');
    },
    async evaluate<T>(expression: string) {
      const params = { expression, returnByValue: true };
      return (await send<{ result: { value: T } }>('Runtime.evaluate', params)).result.value;
    },
    async stop() {
      const exited = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
      // A kill would leave behind what it has started, and that holds on to the pipes.
      sessionId = undefined;
      await send('Browser.close').catch(() => {});
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Messages are JSON with a zero byte behind each. */
function onMessages(stream: Readable, take: (message: Message) => void): void {
  let rest = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      take(JSON.parse(rest.subarray(0, end).toString('utf8')) as Message);
      rest = rest.subarray(end + 1);
    }
  });
}
