import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { type Credential, tokenSource } from '../../src/cli/credential.ts';
import { json, startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';

let issuer: TestIssuer;
const test = suite('cli credential');
const PATH = '/x//idtoken?api-version=2.0&audience=our+own';

test.before(async () => {
  issuer = await startIssuer();
});
test.after(() => issuer?.stop());

const credential = (): Credential => ({
  kind: 'githubActions',
  url: new URL(`${issuer.url}/x//idtoken?api-version=2.0`),
  requestToken: 'request-token',
  audience: 'our own',
});
const asked = (): number => issuer.requests.filter((path) => path === PATH).length;

test('a token is requested for the audience, with the token of the job, and used until shortly before its end', async () => {
  const seen: (string | undefined)[] = [];
  const answer = async (lifetime: number): Promise<void> => {
    const exp = Math.floor(Date.now() / 1000) + lifetime;
    const handler = json({ count: 1, value: await issuer.token({ exp, lifetime }) });
    issuer.handlers.set(PATH, (request, response) => {
      seen.push(request.headers.authorization);
      handler(request, response);
    });
  };
  await answer(300);
  const source = tokenSource(credential(), issuer.ca);
  assert.is(await source(), await source());
  assert.equal(seen, ['Bearer request-token']);
  await answer(30);
  const short = tokenSource(credential(), issuer.ca);
  await short();
  await short();
  assert.is(seen.length, 3);
});

test('a service that fails once is asked again; one that keeps failing is told of', async () => {
  let count = 0;
  const token = await issuer.token();
  issuer.handlers.set(PATH, (request, response) => {
    count += 1;
    if (count === 1) response.writeHead(503).end();
    else json({ value: token })(request, response);
  });
  assert.is(await tokenSource(credential(), issuer.ca)(), token);
  issuer.handlers.set(PATH, json({ message: 'no' }));
  const problem = await tokenSource(credential(), issuer.ca)().catch((error: unknown) => error);
  assert.is(problem instanceof Problem && problem.code, 'id-token-unavailable');
  assert.match((problem as Problem).hint ?? '', /id-token: write/);
  assert.not.match((problem as Problem).message, /request-token/);
});

test("attack: the job's token follows no redirect", async () => {
  issuer.handlers.set(PATH, (_request, response) => void response.writeHead(307, { location: '/evil' }).end());
  const before = asked();
  const problem = await tokenSource(credential(), issuer.ca)().catch((error: unknown) => error);
  assert.match((problem as Problem).message, /answered 307/);
  assert.is(asked() - before, 3);
  assert.not.ok(issuer.requests.includes('/evil'));
});

test.run();
