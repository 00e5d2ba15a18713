import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROBLEMS } from '../../src/api/problems.ts';
import { KubeError } from '../../src/kube/error.ts';
import { clusterToken, readBearer } from '../../src/receiver/auth/bearer.ts';
import { clusterCaller, homeOf, podOf } from '../../src/receiver/auth/caller.ts';
import { assertDigest, statedDigest } from '../../src/receiver/content-digest.ts';
import { createRateLimit } from '../../src/receiver/limits.ts';
import { OPERATIONS, openApiDocument } from '../../src/receiver/openapi.ts';
import { toProblem } from '../../src/receiver/respond.ts';
import { createTtlCache } from '../../src/receiver/ttl-cache.ts';
import { outcomeOf } from '../support/outcome.ts';

const test = suite('receiver');
test('every code is explained in docs/errors.md, with its status, and no other is', async () => {
  const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| ([^|]+) \| ([^|]+) \|$/gm)];
  const documented = rows.map(([, name, status]) => `${name} ${status}`).sort();
  const known = Object.entries(PROBLEMS).map(([name, { status }]) => `${name} ${status}`);
  assert.equal(documented, known.sort());
});

test('every route of the app is in the OpenAPI document', async () => {
  const app = await readFile(new URL('../../src/receiver/app.ts', import.meta.url), 'utf8');
  const routes = [...app.matchAll(/onlyFor\('([A-Z, ]+)'\)/g)].flatMap(([, methods = '']) => methods.split(', '));
  assert.is(routes.length, OPERATIONS.length);
  const { paths } = openApiDocument() as { paths: Record<string, object> };
  assert.is(Object.values(paths).flatMap((path) => Object.keys(path)).length, OPERATIONS.length);
});

const read = (header: string | undefined, now: number) => clusterToken(readBearer(header), now);
const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

test('tokens that can not pass are refused at sight', () => {
  assert.is(
    outcomeOf(() => read(undefined, 0)),
    'token-missing',
  );
  assert.is(
    outcomeOf(() => read('Basic abc', 0)),
    'token-missing',
  );
  assert.is(
    outcomeOf(() => read('Bearer abc', 0)),
    'token-malformed',
  );
  assert.is(
    outcomeOf(() => read(`Bearer ${'x'.repeat(20_000)}`, 0)),
    'token-malformed',
  );
  assert.is(
    outcomeOf(() => read(`Bearer ${jwt({ aud: 'other', exp: 9 })}`, 0)),
    'token-audience',
  );
  assert.is(
    outcomeOf(() => read(`Bearer ${jwt({ exp: 9 })}`, 0)),
    'token-audience',
  );
  assert.is(
    outcomeOf(() => read(`Bearer ${jwt({ aud: 'proviso', exp: 9 })}`, 9)),
    'token-expired',
  );
  assert.is(
    outcomeOf(() => read(`Bearer ${jwt({ aud: ['proviso'] })}`, 9)),
    'token-expired',
  );
  assert.is(
    outcomeOf(() => read(`bearer ${jwt({ aud: ['proviso'], exp: 10 })}`, 9)),
    'fine',
  );
});

test('a caller has a pod only if he is a service account and the API server says both name and uid', () => {
  const extra = { 'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/pod-uid': ['u'] };
  const bound = clusterCaller({ username: 'system:serviceaccount:shop:build', extra });
  assert.equal(podOf(bound), { name: 'p', uid: 'u' });
  assert.equal([homeOf(bound), homeOf(clusterCaller({ username: 'jane', extra }))], ['shop', undefined]);
  assert.is(podOf(clusterCaller({ username: 'jane', extra })), undefined);
  assert.is(clusterCaller({ username: 'system:serviceaccount:a:b:c' }).kind, 'user');
});

test('a stated digest has to be one, and the one that came', () => {
  const zero = `sha-256=:${Buffer.alloc(32).toString('base64')}:`;
  assert.is(statedDigest(undefined), undefined);
  assert.is(statedDigest(`md5=:AAAA:, ${zero}`), `sha256:${'0'.repeat(64)}`);
  assert.is(
    outcomeOf(() => statedDigest('sha-256=AAAA')),
    'request-invalid',
  );
  assert.is(
    outcomeOf(() => assertDigest(statedDigest(zero), `sha256:${'1'.repeat(64)}`)),
    'digest-mismatch',
  );
});

test('a bucket empties, refills, and is one for each identity', () => {
  let now = 0;
  const limit = createRateLimit(() => now);
  for (let count = 0; count < 400; count++) limit('a');
  assert.is(
    outcomeOf(() => limit('a')),
    'rate-limited',
  );
  assert.is(
    outcomeOf(() => limit('b')),
    'fine',
  );
  now = 20;
  assert.is(
    outcomeOf(() => limit('a')),
    'fine',
  );
  // Whoever asks far too often gets as much as he may, and isn't kept out.
  let taken = 0;
  for (; now < 1020; now += 1) if (outcomeOf(() => limit('a')) === 'fine') taken += 1;
  assert.ok(taken > 90 && taken <= 101, `${taken} in a second`);
});

test('a cache forgets after its time and when it is full', () => {
  let now = 0;
  const cache = createTtlCache<number>(2, () => now);
  cache.set('a', 1, 10);
  cache.set('b', 2, 100);
  now = 10;
  assert.equal([cache.get('a'), cache.get('b')], [undefined, 2]);
  cache.set('c', 3, 100);
  cache.set('d', 4, 100);
  assert.equal([cache.get('b'), cache.get('c'), cache.get('d')], [undefined, 3, 4]);
});

test('errors of the cluster and of ourselves tell nothing that is not for callers', () => {
  const secret = 'secrets "proviso-signing-ca" is forbidden';
  const problems = [new KubeError(403, 'Forbidden', secret), new KubeError(500, 'x', secret), new Error(secret)].map(
    toProblem,
  );
  assert.equal(
    problems.map((problem) => problem.code),
    ['cluster-unavailable', 'cluster-unavailable', 'internal'],
  );
  for (const problem of problems) assert.not.match(JSON.stringify(problem.toDocument()), /signing-ca/);
});

test.run();
