import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { matchSubmitters } from '../../src/oidc/match.ts';
import { pipelineOf, recordedClaims } from '../../src/oidc/providers.ts';
import { claimText, type OidcToken, oidcUsername } from '../../src/oidc/token.ts';

const test = suite('oidc matching');
const ISSUER = 'https://issuer.example';
const parse = (text: string) => JSON.parse(text) as Record<string, string>;
const token = (claims: object, others: Partial<OidcToken> = {}): OidcToken => ({
  issuer: ISSUER,
  subject: 's',
  audiences: ['proviso'],
  claims: claims as OidcToken['claims'],
  provider: undefined,
  ...others,
});
const asks = (claims: Record<string, string>, others = {}) => [
  { oidc: { issuer: ISSUER, audience: 'proviso', claims, ...others } },
];
const matches = (claims: object, wanted: Record<string, string>): boolean =>
  matchSubmitters(asks(wanted), token(claims)).matched;

test('every claim has to be the same, and one of several submitters is enough', () => {
  const claims = { repository: 'o/r', ref: 'refs/heads/main', run_id: 7, ref_protected: true };
  assert.ok(matches(claims, { repository: 'o/r' }));
  assert.ok(matches(claims, { repository: 'o/r', run_id: '7', ref_protected: 'true' }));
  assert.not.ok(matches(claims, { repository: 'o/r', ref: 'refs/heads/other' }));
  const both = [...asks({ repository: 'o/x' }), ...asks({ repository: 'o/r' })];
  assert.ok(matchSubmitters(both, token(claims)).matched);
  assert.not.ok(matchSubmitters([], token(claims)).matched);
  assert.not.ok(matchSubmitters(undefined, token(claims)).matched);
});

test('attack: another issuer or audience of the submitter', () => {
  const claims = { repository: 'o/r' };
  const others = [{ issuer: `${ISSUER}/` }, { issuer: ISSUER.toUpperCase() }, { audience: 'other' }];
  for (const each of others) assert.not.ok(matchSubmitters(asks(claims, each), token(claims)).matched);
});

test('attack: values that are nearly the same', () => {
  const near = [
    'o/r2',
    'O/R',
    'o/',
    ' o/r',
    'o/r\n',
    'o/\u0433',
    'o/r\u200b',
    '',
    '.*',
    'o/*',
    ['o/r'],
    { a: 'o/r' },
    null,
  ];
  for (const repository of near) assert.not.ok(matches({ repository }, { repository: 'o/r' }), String(repository));
  assert.not.ok(matches({ repository: 'o/r' }, { repository: 'o/*' }));
  assert.not.ok(matches({ Repository: 'o/r' }, { repository: 'o/r' }));
  assert.not.ok(matches({}, { repository: 'o/r' }));
  // Composed and decomposed are two texts.
  assert.not.ok(matches({ name: 'e\u0301' }, { name: '\u00e9' }));
});

test('attack: numbers that are rounded, and other values that read the same', () => {
  assert.not.ok(matches(parse('{"id":9007199254740993}'), { id: '9007199254740992' }));
  assert.not.ok(matches({ id: 1.5 }, { id: '1.5' }));
  assert.not.ok(matches(parse('{"id":1e400}'), { id: 'Infinity' }));
  assert.not.ok(matches({ id: [7] }, { id: '7' }));
  assert.not.ok(matches({ id: null }, { id: 'null' }));
  assert.not.ok(matches({ id: { toString: '7' } }, { id: '7' }));
});

test('attack: names of the prototype as claims', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) {
    const wanted = parse(`{"${name}":"x"}`);
    assert.not.ok(matches({}, wanted), name);
    assert.not.ok(matches(parse('{"__proto__":{"role":"admin"}}'), { role: 'admin' }), name);
    assert.ok(matches(parse(`{"${name}":"x"}`), wanted), name);
    const recorded = recordedClaims(token(parse(`{"${name}":"x"}`)), [name]);
    assert.is(JSON.stringify(recorded), `{"${name}":"x"}`);
    assert.is(claimText({}, name), undefined);
  }
});

test('a submitter that asks for nothing matches nobody', () => {
  assert.not.ok(matches({ repository: 'o/r' }, {}));
});

test('the nearest submitter says which claims differ, never what it asks for', () => {
  const claims = { repository: 'o/r', ref: 'refs/pull/1/merge', list: [1] };
  const submitters = [
    ...asks({ repository: 'secret/name', ref: 'refs/heads/main' }),
    ...asks({ repository: 'o/r', ref: 'refs/heads/secret', environment: 'hidden', list: '1' }),
  ];
  const match = matchSubmitters(submitters, token(claims));
  const differing = match.matched ? [] : match.differing;
  assert.equal(
    differing.map(({ at }) => at),
    ['claims.ref', 'claims.environment', 'claims.list'],
  );
  const text = JSON.stringify(differing);
  assert.match(text, /refs\/pull\/1\/merge/);
  assert.not.match(text, /secret|hidden/);
});

test('a token that is near to no submitter learns nothing of them', () => {
  const match = matchSubmitters(asks({ repository: 'o/r' }), token({ repository: 'o/x' }));
  assert.equal(match, { matched: false, differing: [] });
});

const GITHUB = { repository: 'o/r', repository_id: '12', run_id: '34', run_attempt: '2', ref: 'refs/heads/main' };

test('the run of a CI system is known only from an issuer that the installation says is one', () => {
  const github = token(GITHUB, { provider: 'github' });
  assert.equal(pipelineOf(github), { runner: 'GITHUB_ACTION', id: 'github:12/34' });
  assert.is(pipelineOf(token(GITHUB)), undefined);
  const gitlab = token({ project_id: '5', pipeline_id: 6 }, { provider: 'gitlab' });
  assert.equal(pipelineOf(gitlab), { runner: 'GITLAB_PIPELINE', id: 'gitlab:5/6' });
  assert.is(pipelineOf(token(GITHUB, { provider: 'gitlab' })), undefined);
});

test('attack: ids that would read as those of another run', () => {
  for (const run_id of ['', '3/4', '34 ', ['34'], -34, 3.4, 'x', undefined]) {
    assert.is(pipelineOf(token({ ...GITHUB, run_id }, { provider: 'github' })), undefined, String(run_id));
  }
});

test('what is recorded is bounded', () => {
  const claims = { ...GITHUB, actor: 'me', long: 'x'.repeat(3000), list: ['a'] };
  const recorded = recordedClaims(token(claims, { provider: 'github' }), ['list', 'long', 'actor', 'repository']);
  assert.equal(recorded, { ...GITHUB, actor: 'me' });
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`c${n}`, 'v']));
  assert.is(Object.keys(recordedClaims(token(many), Object.keys(many))).length, 32);
});

test('user names are bounded, and two subjects never share one', () => {
  assert.is(oidcUsername(ISSUER, 'repo:o/r'), 'oidc:https://issuer.example#repo:o/r');
  const long = (end: string): string => oidcUsername(ISSUER, 'x'.repeat(900) + end);
  assert.ok(long('a').length <= 512);
  assert.is.not(long('a'), long('b'));
  // Nobody's subject reads as the short form of another's.
  assert.not.ok(oidcUsername(ISSUER, `sha256:${long('a')}`).startsWith('oidc+sha256:'));
});

test.run();
