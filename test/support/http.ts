import { Agent, request } from 'node:https';
import type { ProblemDocument } from '../../src/api/problem.ts';
import { useToken } from './secrets.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** The body as JSON of whatever shape the test expects. */
  json<T>(): T;
}

export interface Sending {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | object;
}

/** Calls the receiver as a client would, over TLS that is checked. */
export interface HttpClient {
  call(path: string, sending?: Sending): Promise<Answer>;
  /** The call has to be refused with the code; returns the problem document. */
  refused(code: string, path: string, sending?: Sending): Promise<ProblemDocument>;
  close(): void;
}

export function createHttpClient(endpoint: string, ca: string): HttpClient {
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 64 });
  const call = (path: string, sending: Sending = {}): Promise<Answer> => {
    const isRaw = typeof sending.body === 'string' || sending.body instanceof Uint8Array;
    const body = sending.body === undefined ? undefined : isRaw ? sending.body : JSON.stringify(sending.body);
    const headers = {
      ...(sending.token === undefined ? {} : { authorization: `Bearer ${sending.token}` }),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body as string | Uint8Array)) }),
      ...sending.headers,
    };
    if (sending.token !== undefined) useToken(sending.token);
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, endpoint), { method: sending.method ?? 'GET', agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const json = <T>(): T => JSON.parse(bytes.toString('utf8')) as T;
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes, json });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
  return {
    call,
    async refused(code, path, sending) {
      const answer = await call(path, sending);
      const problem = answer.json<ProblemDocument>();
      if (problem.code !== code) {
        throw new Error(
          `expected the refusal ${code}, got ${answer.status} ${answer.body.toString('utf8').slice(0, 2000)}`,
        );
      }
      if (problem.status !== answer.status)
        throw new Error(`the document says ${problem.status}, HTTP ${answer.status}`);
      if (answer.headers['content-type'] !== 'application/problem+json; charset=utf-8') {
        throw new Error(`a refusal came as ${answer.headers['content-type']}`);
      }
      return problem;
    },
    close: () => agent.destroy(),
  };
}
