import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dockerKeychain } from '../../src/oci/keychain.ts';

const test = suite('oci keychain');
const { PATH } = process.env;
let dir: string;
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-docker-'));
  process.env.PATH = `${dir}:${PATH}`;
});
test.after.each(async () => {
  process.env.PATH = PATH;
  await rm(dir, { recursive: true, force: true });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
async function login(config: object, host: string, repository = 'shop/app') {
  await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  return dockerKeychain({ DOCKER_CONFIG: dir })(host, repository);
}
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: Error) => error.message,
  );
const password = (username: string, secret: string) => ({ kind: 'password', username, password: secret });

/** A real helper: it answers with the server that it was asked for. */
const writeHelper = (name: string, script: string): Promise<void> =>
  writeFile(join(dir, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const ANSWER = `read -r server; printf '{"ServerURL":"%s","Username":"%s","Secret":"for %s"}' "$server" "$1" "$server"`;

test('a login stands in the file by host, as docker and kubectl write it', async () => {
  const auths = {
    'ghcr.io': { auth: base64('dev:pass:word') },
    'https://old.example/v1/': { username: 'a', password: 'b' },
    'quay.io': { identitytoken: 'refresh' },
    'token.example': { registrytoken: 'bearer' },
    'https://index.docker.io/v1/': { auth: base64('hub:key') },
  };
  assert.equal(await login({ auths }, 'ghcr.io'), password('dev', 'pass:word'));
  assert.equal(await login({ auths }, 'old.example'), password('a', 'b'));
  assert.equal(await login({ auths }, 'quay.io'), { kind: 'identityToken', token: 'refresh' });
  assert.equal(await login({ auths }, 'token.example'), { kind: 'registryToken', token: 'bearer' });
  assert.equal(await login({ auths }, 'docker.io'), password('hub', 'key'));
  assert.is(await login({ auths }, 'ghcr.io.attacker.example'), undefined);
  assert.is(await login({ auths }, 'ghcr.io:5000'), undefined);
});

test('the longest path that is named counts, whole steps of it', async () => {
  const auths = {
    'r.example/shop': { auth: base64('shop:1') },
    'r.example': { auth: base64('all:1') },
  };
  assert.equal(await login({ auths }, 'r.example', 'shop/app'), password('shop', '1'));
  assert.equal(await login({ auths }, 'r.example', 'shopping/app'), password('all', '1'));
});

test('without the file nothing is shown, and one that can not be read is told', async () => {
  assert.is(await dockerKeychain({ DOCKER_CONFIG: join(dir, 'nowhere') })('ghcr.io', 'app'), undefined);
  await writeFile(join(dir, 'config.json'), '{');
  assert.match(await refusal(dockerKeychain({ DOCKER_CONFIG: dir })('ghcr.io', 'app')), /config\.json can't be read/);
  const said = await refusal(login({ auths: { 'ghcr.io': { auth: base64('secret') } } }, 'ghcr.io'));
  assert.match(said, /the 'auth' of ghcr\.io is not base64 of NAME:PASSWORD/);
});

test('helpers are asked as docker asks them', async () => {
  await writeHelper('one', ANSWER.replace('$1', 'dev'));
  await writeHelper('tokens', ANSWER.replace('$1', '<token>'));
  await writeHelper('empty', 'echo "credentials not found in native keychain"; exit 1');
  const config = { credHelpers: { 'ghcr.io': 'one', 'none.example': 'empty' }, credsStore: 'tokens' };
  assert.equal(await login(config, 'ghcr.io'), password('dev', 'for ghcr.io'));
  assert.is(await login(config, 'none.example'), undefined);
  assert.equal(await login(config, 'docker.io'), { kind: 'identityToken', token: 'for https://index.docker.io/v1/' });
  assert.equal(await login({ ...config, auths: { 'x.example': {} } }, 'x.example'), {
    kind: 'identityToken',
    token: 'for x.example',
  });
});

test('a helper that fails is told without its secrets, and its name is only a name', async () => {
  await writeHelper('broken', 'echo "the secret"; exit 3');
  await writeHelper('odd', `echo '{"Username":"dev","Password":"the secret"}'`);
  for (const helper of ['broken', 'odd', 'missing', '../../bin/sh', '-x']) {
    const said = await refusal(login({ credsStore: helper }, 'ghcr.io'));
    assert.match(said, /ended with 3|gave no secret|no such program|not the name of a credential helper/, helper);
    assert.not.match(said, /the secret/);
  }
});

test.run();
