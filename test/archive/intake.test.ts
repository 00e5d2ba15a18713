import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import {
  claimsOf,
  countEnvelopes,
  dueForJudgement,
  findEnvelope,
  intakeNamespaces,
  judgeAgainBy,
  judgeAllAgain,
  listEnvelopes,
  matchedBefore,
  type ReceivedRow,
  receive,
  removeExpired,
  type Settlement,
  settle,
} from '../../src/archive/intake.ts';
import { openArchive } from '../../src/archive/open.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { onBothServers } from './both-servers.ts';
import { digestOf } from './sample.ts';

const ROOM = { count: 10, bytes: 1000 };
const SHARE = { count: 4, bytes: 500 };
const T1 = '2026-11-01T10:00:00.000Z';
const T4 = '2026-11-01T12:00:00.000Z';
const T3 = '2026-11-01T11:00:00.000Z';
const T2 = '2026-11-08T10:00:00.000Z';

function sample(body: string, given: Partial<ReceivedRow> = {}): ReceivedRow {
  return {
    ...{ gitoid: sha256Hex(body), origin: 'post', account: '10.0.0.1', poster: null, namespace: null, workflow: null },
    ...{ run: null, run_uid: null, digest: digestOf(body), payload_digest: digestOf(`payload of ${body}`) },
    ...{ predicate_type: 'https://slsa.dev/provenance/v1', size: body.length, body, received: T1, expires: T2 },
    ...given,
  };
}

onBothServers('intake', ['intake'], (test, whenOpened) => {
  let database: ArchiveDatabase;
  let address: string;
  whenOpened((opened) => {
    ({ database, address } = opened);
  });
  const put = (row: ReceivedRow, claims: readonly string[] = []) => receive(database, row, claims, ROOM, SHARE);
  const due = async (now = T1) => (await dueForJudgement(database, now, 10)).map(({ body }) => body);
  /** Whatever has come in between. */
  const settled = async (body: string, settlement: Settlement) => {
    const row = await findEnvelope(database, sha256Hex(body));
    if (row === undefined) throw new Error(`${body} is not there`);
    await settle(database, row, settlement);
  };
  const stateOf = async (body: string) => (await findEnvelope(database, sha256Hex(body)))?.state;

  test('what was received is there after the database was closed, and once however often it comes', async () => {
    assert.is(await put(sample('ä"\\', { size: 4 }), ['a', 'b', 'a']), 'kept');
    assert.is(await put(sample('ä"\\', { size: 4, account: '10.0.0.2' }), ['c']), 'known');
    const again = await openArchive(address);
    assert.is((await findEnvelope(again.database, sha256Hex('ä"\\')))?.body, 'ä"\\');
    await again.database.destroy();
    assert.equal((await claimsOf(database, sha256Hex('ä"\\'))).toSorted(), ['a', 'b']);
    assert.equal(await due(), ['ä"\\']);
    assert.equal(await due('2026-10-31T00:00:00.000Z'), []);
  });

  test('the same bytes at the same time are kept once', async () => {
    const receipts = await Promise.all(Array.from({ length: 8 }, () => put(sample('twin'), ['a'])));
    assert.is(receipts.filter((receipt) => receipt === 'kept').length, 1);
    assert.is(receipts.filter((receipt) => receipt === 'known').length, 7);
  });

  test('one address can not take the room of the others, and all together not more than there is', async () => {
    for (const body of ['1', '2', '3', '4']) assert.is(await put(sample(body)), 'kept');
    assert.is(await put(sample('5')), 'full');
    assert.is(await put(sample('1')), 'known');
    assert.is(await put(sample('x'.repeat(501), { account: '10.0.0.2' })), 'full');
    assert.is(await put(sample('x'.repeat(500), { account: '10.0.0.2' })), 'kept');
    assert.is(await put(sample('y'.repeat(497), { account: '10.0.0.3' })), 'full');
    assert.is(await put(sample('y'.repeat(496), { account: '10.0.0.3' })), 'kept');
    assert.is(await put(sample('z', { account: '10.0.0.4' })), 'full');
    await settled('1', { state: 'matched', body: null, kept: 0 });
    assert.is(await put(sample('z', { account: '10.0.0.4' })), 'kept');
  });

  test('what is aside is judged again when something that it names changes, and nothing else is', async () => {
    await put(sample('one'), ['uid-1', 'sha256:a']);
    await put(sample('two'), ['sha256:b']);
    for (const body of ['one', 'two']) await settled(body, { state: 'aside', reason: 'NoRun', tries: 3 });
    assert.equal(await due(), []);
    await judgeAgainBy(database, ['sha256:x', ...Array.from({ length: 250 }, (_, index) => `uid-${index}`)], T1);
    assert.equal(await due(), ['one']);
    await settled('one', { state: 'matched' });
    await judgeAllAgain(database, T1);
    assert.equal(await due(), ['two']);
    assert.is(await stateOf('one'), 'matched');
  });

  test('who may add to a run says where an envelope belongs, until it is matched; an anonymous one changes nothing', async () => {
    await put(sample('one'));
    const before = await findEnvelope(database, sha256Hex('one'));
    await settled('one', { state: 'aside', reason: 'NoRun' });
    const bound = {
      origin: 'caller',
      poster: 'build',
      namespace: 'shop',
      run: 'r',
      run_uid: 'u',
      received: T3,
    } as const;
    assert.is(await put(sample('one', bound)), 'known');
    if (before !== undefined) await settle(database, before, { state: 'aside', reason: 'NoRun' });
    assert.equal(await due(T3), ['one'], 'what was found out before he said it does not count');
    assert.is(await put(sample('one', { namespace: 'bank' })), 'known');
    const found = await findEnvelope(database, sha256Hex('one'));
    assert.equal([found?.namespace, found?.run_uid, found?.poster], ['shop', 'u', 'build']);
    await settled('one', { state: 'matched', body: null, kept: 0 });
    await put(sample('one', { namespace: 'bank' }));
    await put(sample('one', { ...bound, received: T4 }));
    assert.is(await stateOf('one'), 'matched');
    // The same bytes may be a material of another run too.
    await put(sample('one', { ...bound, run: 'other', run_uid: 'v', received: T4 }));
    const other = await findEnvelope(database, sha256Hex('one'));
    assert.equal([other?.state, other?.run_uid, other?.body, other?.kept], ['received', 'v', 'one', 3]);
  });

  test('what was posted to two addresses may belong to either', async () => {
    const placeOf = async () => {
      const row = await findEnvelope(database, sha256Hex('one'));
      return [row?.state, row?.namespace, row?.workflow];
    };
    await put(sample('one', { namespace: 'bank', workflow: 'build' }));
    await settled('one', { state: 'aside', reason: 'NoRun' });
    await put(sample('one', { namespace: 'bank', workflow: 'build' }));
    assert.equal(await placeOf(), ['aside', 'bank', 'build']);
    await put(sample('one', { received: T3 }));
    assert.equal(await placeOf(), ['received', null, null]);
  });

  test('what takes least is judged first, and what failed comes last', async () => {
    for (const body of ['a large one', 'failing', 'small']) await put(sample(body));
    await settled('failing', { tries: 1 });
    assert.equal(await due(), ['small', 'a large one', 'failing']);
  });

  test('another signature of the same by the same is found, and only in the same run', async () => {
    await put(sample('one', { payload_digest: digestOf('p') }));
    await settled('one', { state: 'matched', run_uid: 'u', signer: 's', material: 'provenance' });
    const key = { payload_digest: digestOf('p'), run_uid: 'u', signer: 's' };
    const found = await matchedBefore(database, key);
    assert.equal([found?.gitoid, found?.material], [sha256Hex('one'), 'provenance']);
    for (const other of [{ run_uid: 'v' }, { signer: 't' }, { signer: null }, { payload_digest: digestOf('q') }])
      assert.is(await matchedBefore(database, { ...key, ...other }), undefined);
  });

  test('what is past its time is gone with its bytes and what it named', async () => {
    await put(sample('old'), ['a']);
    await put(sample('new', { expires: '2026-12-01T00:00:00.000Z' }), ['a']);
    assert.is(await removeExpired(database, T2), 1);
    assert.is(await stateOf('old'), undefined);
    assert.is(await stateOf('new'), 'received');
    assert.is((await database.selectFrom('intake_claims').selectAll().execute()).length, 1);
  });

  test('who may see a namespace is told of what belongs there', async () => {
    await put(sample('nowhere'));
    await put(sample('shop', { namespace: 'shop', received: '2026-11-02T00:00:00.000Z' }));
    await put(sample('bank', { namespace: 'bank' }));
    await settled('bank', { state: 'aside', reason: 'UnknownSigner' });
    const seen = async (namespaces: readonly string[], unbound: boolean) =>
      (await listEnvelopes(database, { namespaces, unbound }, 10)).map(({ size }) => size);
    assert.equal(await seen([], false), []);
    assert.equal(await seen(['shop'], false), [4]);
    assert.equal(await seen(['shop'], true), [4, 7]);
    assert.equal(await intakeNamespaces(database), ['bank', 'shop']);
    const counts = await countEnvelopes(database, { namespaces: ['bank', 'shop'], unbound: true });
    assert.equal(
      counts.map(({ state, reason, count, bytes }) => [state, reason, Number(count), Number(bytes)]),
      [
        ['aside', 'UnknownSigner', 1, 4],
        ['received', null, 2, 11],
      ],
    );
  });
});
