import type { RunMessage } from '../../../src/api/messages.ts';
import type { Answer, HttpClient } from '../../support/http.ts';
import { signedBundle } from '../../support/signing.ts';
import { type Identity, key, MATERIALS } from './shop.ts';

/** What became of one submission, all times by `performance.now()`. */
export interface Submission {
  readonly run: string;
  /** When its attestation was sent, and when it was answered. */
  readonly pushedAt: number;
  readonly answeredAt: number;
}

/** One submission of small materials: init, three adds at once, statement, push. Throws with what was answered instead. */
export async function submit(http: HttpClient, { workflow, token }: Identity, own: string): Promise<Submission> {
  const opened = await http.call('/v1/runs', { method: 'POST', token, body: { workflow, idempotencyKey: own } });
  const { run } = whole(opened).json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${run}`;
  await Promise.all(
    MATERIALS.map(async (name) => {
      whole(await http.call(`${path}/materials/${name}`, { method: 'PUT', token, body: `${name} of ${own}` }));
    }),
  );
  const statement = whole(await http.call(`${path}/statement`, { token }));
  const bundle = signedBundle(statement.body, key);
  const pushedAt = performance.now();
  whole(await http.call(`${path}/attestation`, { method: 'POST', token, body: bundle }));
  return { run, pushedAt, answeredAt: performance.now() };
}

function whole(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw new Error(`${answer.status} ${answer.body.toString('utf8').slice(0, 200)}`);
}
