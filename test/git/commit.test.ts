import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommitFacts, type CommitReading, readCommit } from '../../src/git/commit.ts';
import { isCommitOf } from '../../src/git/object-hash.ts';
import { createRepository, type Repository } from '../support/git.ts';

const test = suite('commit objects');
let repository: Repository;
test.before.each(() => {
  repository = createRepository();
});
test.after.each(() => repository.remove());

const TREE = `tree ${'4b825dc6'.repeat(5)}`;
const PARENT = `parent ${'a'.repeat(40)}`;
const AUTHOR = 'author A B <a@example.com> 1700000000 +0100';
const COMMITTER = 'committer C <c@example.com> 1700000001 +0000';
const SIGNATURE = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----';
const of = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n\nmessage\n`);

function factsOf(reading: CommitReading): CommitFacts {
  if (!reading.ok) throw new Error(`${reading.finding.at} ${reading.finding.message}`);
  return reading.facts;
}

test('what git wrote is read as git itself prints it, and has the hash that git gave it', () => {
  const { git, commitObject } = repository;
  git('commit', '--quiet', '--allow-empty', '-m', 'first');
  git('checkout', '--quiet', '-b', 'side');
  git('commit', '--quiet', '--allow-empty', '--author=Ø <>', '-m', 'side\n\nwith ünïcode and 🙂');
  git('checkout', '--quiet', '-');
  git('merge', '--quiet', '--no-ff', '-m', 'merged', 'side');
  for (const name of ['HEAD', 'HEAD^2', 'HEAD~1']) {
    const sha = git('rev-parse', name);
    const object = commitObject(name);
    assert.is(isCommitOf(sha, object), true, name);
    const { date, ...facts } = factsOf(readCommit(object, 40));
    const [author = '', authorEmail = '', when = ''] = git('log', '-1', '--format=%an%n%ae%n%aI', name).split('\n');
    const message = git('log', '-1', '--format=%B', name);
    assert.equal(facts, { author, ...(authorEmail === '' ? {} : { authorEmail }), message }, name);
    assert.is(date, new Date(when).toISOString());
  }
});

test('names and messages in the encoding that the commit names', () => {
  const latin = Buffer.from(
    `${TREE}\nauthor \xc4 <a@b> 1 +0000\n${COMMITTER}\nencoding ISO-8859-1\n\ngr\xfc\xdfe\n`,
    'latin1',
  );
  const facts = factsOf(readCommit(latin, 40));
  const sha = repository.writeObject('commit', latin);
  assert.is(repository.git('log', '-1', '--format=%an: %B', sha), 'Ä: grüße');
  assert.equal([facts.author, facts.message], ['Ä', 'grüße']);
});

test('a merge of a signed tag has no signature of its own by that', () => {
  const { git, writeObject } = repository;
  git('commit', '--quiet', '--allow-empty', '-m', 'first');
  git('checkout', '--quiet', '-b', 'side');
  git('commit', '--quiet', '--allow-empty', '-m', 'side');
  const tag = `object ${git('rev-parse', 'HEAD')}\ntype commit\ntag v1\n${COMMITTER.replace('committer', 'tagger')}\n`;
  const signature = SIGNATURE.replace('gpgsig ', '').replaceAll('\n ', '\n');
  const text = `${tag}\nv1\n\ngpgsig in the text\n${signature}\n`;
  git('update-ref', 'refs/tags/v1', writeObject('tag', Buffer.from(text)));
  git('checkout', '--quiet', '-');
  git('merge', '--quiet', '--no-ff', '-m', 'merged', 'v1');
  assert.match(repository.commitObject().toString(), /^mergetag object /m);
  assert.match(repository.commitObject().toString(), /^ -----BEGIN PGP SIGNATURE-----/m);
  assert.is(factsOf(readCommit(repository.commitObject(), 40)).signature, undefined);
});

test('the signature is the one over this form of the commit', () => {
  const armored = '-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n';
  const other = SIGNATURE.replace('gpgsig', 'gpgsig-sha256').replace('iQ==', 'iX==');
  const both = of(TREE, AUTHOR, COMMITTER, SIGNATURE, other);
  assert.is(factsOf(readCommit(both, 40)).signature?.armored, armored);
  assert.is(factsOf(readCommit(of(TREE, AUTHOR, COMMITTER, other), 40)).signature, undefined);
  const longer = of(TREE.padEnd(69, '0'), AUTHOR, COMMITTER, SIGNATURE, other);
  assert.is(factsOf(readCommit(longer, 64)).signature?.armored, armored.replace('iQ==', 'iX=='));
});

test('a message is cut to what a run keeps, and never within a character', () => {
  const long = Buffer.from(`${TREE}\n${AUTHOR}\n${COMMITTER}\n\n${'x'.repeat(1023)}🙂 and more\n`);
  const { message = '' } = factsOf(readCommit(long, 40));
  assert.is(message.length, 1024);
  assert.ok(message.isWellFormed());
  const other = Buffer.from(`${TREE}\n${AUTHOR}\n${COMMITTER}\n`);
  assert.is(factsOf(readCommit(other, 40)).message, undefined);
});

/** By what is tried: the object, and the line that is refused. */
const HOSTILE: Readonly<Record<string, readonly [Buffer, number]>> = {
  'two signatures': [of(TREE, AUTHOR, COMMITTER, SIGNATURE, SIGNATURE), 8],
  'two authors': [of(TREE, AUTHOR, AUTHOR.replace('A B', 'Eve'), COMMITTER), 3],
  'an author behind the committer': [of(TREE, AUTHOR, COMMITTER, 'author E <e@e> 1 +0000'), 4],
  'an author inside of another header': [of(TREE, `x y\n ${AUTHOR}`, COMMITTER), 2],
  'an author as a second line of the tree': [of(`${TREE}\n ${AUTHOR}`, COMMITTER), 3],
  'a NUL in the name': [of(TREE, AUTHOR.replace('A B', 'A\0 B'), COMMITTER), 2],
  'a NUL in the message': [Buffer.concat([of(TREE, AUTHOR, COMMITTER), Buffer.from('\0hidden')]), 6],
  'a NUL before the headers': [of(`\0${TREE}`, AUTHOR, COMMITTER), 1],
  'a carriage return in the name': [of(TREE, AUTHOR.replace('A B', 'A\rB'), COMMITTER), 2],
  'an escape in the name': [of(TREE, AUTHOR.replace('A B', '\x1b[2J'), COMMITTER), 2],
  'two addresses': [of(TREE, AUTHOR.replace('<a', '<eve@example.com> <a'), COMMITTER), 2],
  'an address in the name': [of(TREE, AUTHOR.replace('A B', 'A> B'), COMMITTER), 2],
  'a name that is too long': [of(TREE, AUTHOR.replace('A B', 'x'.repeat(257)), COMMITTER), 2],
  'an address that is too long': [of(TREE, AUTHOR.replace('<a', `<${'a'.repeat(256)}`), COMMITTER), 2],
  'a time of another kind': [of(TREE, AUTHOR.replace('1700000000', '-1'), COMMITTER), 2],
  'a time after all times': [of(TREE, AUTHOR.replace('1700000000', '9'.repeat(40)), COMMITTER), 2],
  'no author': [of(TREE, COMMITTER), 2],
  'no committer': [of(TREE, AUTHOR), 3],
  'no tree': [of(AUTHOR, COMMITTER), 1],
  'a parent that is no hash': [of(TREE, PARENT.slice(0, -1), AUTHOR, COMMITTER), 2],
  'a parent of the other kind': [of(TREE, `${PARENT}${'a'.repeat(24)}`, AUTHOR, COMMITTER), 2],
  'a parent too late': [of(TREE, AUTHOR, COMMITTER, PARENT), 4],
  'two encodings': [of(TREE, AUTHOR, COMMITTER, 'encoding UTF-8', 'encoding ISO-8859-1'), 5],
  'an encoding that nobody knows': [of(TREE, AUTHOR, COMMITTER, 'encoding klingon'), 4],
  'bytes that are not the encoding': [
    Buffer.from(`${TREE}\nauthor \xff <a@b> 1 +0000\n${COMMITTER}\n\nm`, 'latin1'),
    2,
  ],
  'a line that is no header': [of(TREE, AUTHOR, COMMITTER, 'nonsense'), 4],
  'a first line that goes on': [of(` ${TREE}`, AUTHOR, COMMITTER), 1],
  'an empty object': [Buffer.alloc(0), 1],
  'a message alone': [Buffer.from('\n\nmessage'), 1],
};

for (const [what, [object, line]] of Object.entries(HOSTILE)) {
  test(`attack: ${what}`, () => {
    const reading = readCommit(object, 40);
    assert.is(reading.ok, false);
    if (!reading.ok) assert.is(reading.finding.at, `line ${line}`, reading.finding.message);
  });
}

test('attack: no other bytes pass for a commit, nor those of a blob', () => {
  const object = of(TREE, AUTHOR, COMMITTER);
  const sha = createHash('sha1').update(`commit ${object.length}\0`).update(object).digest('hex');
  assert.is(isCommitOf(sha, object), true);
  const blob = createHash('sha1').update(`blob ${object.length}\0`).update(object).digest('hex');
  assert.is(isCommitOf(blob, object), false);
  assert.is(isCommitOf(sha.toUpperCase(), object), false);
  assert.is(isCommitOf(`${sha}${'0'.repeat(24)}`, object), false);
  fc.assert(
    fc.property(fc.nat(object.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(object);
      changed[at] = (changed[at] ?? 0) ^ flip;
      return !isCommitOf(sha, changed);
    }),
  );
});

test('whatever the bytes are, reading ends in an answer, and a person that is read back is the one that was written', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.trim());
  const plain = name.filter((text) => text !== '' && !/[<>\p{Cc}\u{feff}]/u.test(text) && text.isWellFormed());
  fc.assert(
    fc.property(plain, plain, fc.nat(4_000_000_000), (author, authorEmail, seconds) => {
      const object = of(TREE, PARENT, `author ${author} <${authorEmail}> ${seconds} -0830`, COMMITTER, SIGNATURE);
      const facts = factsOf(readCommit(object, 40));
      assert.equal([facts.author, facts.authorEmail], [author, authorEmail]);
      assert.is(Date.parse(facts.date), seconds * 1000);
    }),
  );
  const line = fc.constantFrom(
    TREE,
    PARENT,
    AUTHOR,
    COMMITTER,
    SIGNATURE,
    '',
    ' x',
    'encoding utf-16le',
    '\0',
    'gpgsig ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string({ unit: 'binary' })), { maxLength: 12 }), (lines) => {
      const reading = readCommit(Buffer.from(lines.join('\n'), 'latin1'), 40);
      const authors = lines.filter((text) => text.startsWith('author '));
      assert.ok(!reading.ok || authors.length >= 1);
    }),
  );
});

test.run();
