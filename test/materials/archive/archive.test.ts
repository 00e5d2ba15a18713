import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveForm, visitArchive } from '../../../src/materials/archive/read.ts';
import { finding } from '../inspect.ts';
import { makeTar, makeTarGz, makeZip, pax, type TarFile, type ZipFile } from './make.ts';

const test = suite('archives');

/** The files of an archive, or what is wrong with it. */
function read(bytes: Buffer): Readonly<Record<string, string>> | string {
  const files: Record<string, string> = {};
  const problem = visitArchive(archiveForm(bytes) ?? 'zip', bytes, {
    wants: () => true,
    visit(name, content) {
      files[name] = Buffer.from(content).toString();
      return undefined;
    },
  });
  return problem === undefined ? files : `${problem.at ?? ''}: ${problem.message}`;
}

const refused = (bytes: Buffer): string => {
  const outcome = read(bytes);
  return typeof outcome === 'string' ? outcome : `accepted ${Object.keys(outcome).join()}`;
};

test('what is well formed is read, in every form that writers use', () => {
  const expected = { 'a.txt': 'hello', 'b/c.txt': '' };
  const files = [
    { name: 'b/', content: '', method: 0, mode: 0o040755 },
    { name: 'a.txt', content: 'hello' },
  ];
  const empty = { name: 'b/c.txt', content: '' };
  assert.equal(read(makeZip([...files, empty])), expected);
  assert.equal(read(makeZip([...files, { ...empty, method: 0 }], { comment: 'made by a test' })), expected);
  const tar = [{ name: 'b/', flag: '5' }, { name: './a.txt', content: 'hello' }, { name: 'b/c.txt' }];
  assert.equal(read(makeTarGz(tar)), expected);
  const bare = makeTar(tar);
  assert.equal(read(gzipSync(bare.subarray(0, bare.length - 1024))), expected);
  assert.equal(read(Buffer.concat([gzipSync(bare.subarray(0, 700)), gzipSync(bare.subarray(700))])), expected);
  const long = `${'d'.repeat(90)}/${'e'.repeat(90)}.txt`;
  assert.equal(read(makeTarGz([pax('path', long), { name: 'x', content: '1' }])), { [long]: '1' });
  assert.equal(
    read(
      makeTarGz([
        { name: 'n', flag: 'L', content: `${long}\0` },
        { name: 'x', content: '1' },
      ]),
    ),
    { [long]: '1' },
  );
  assert.equal(
    read(
      makeTarGz([
        { name: 'g', flag: 'g', content: '' },
        { name: 'x', content: '1' },
      ]),
    ),
    { x: '1' },
  );
});

test('no name leads out of an archive, or somewhere else for another reader', () => {
  const names: readonly (readonly [string, RegExp])[] = [
    ['../a', /leads out/],
    ['a/../../b', /leads out/],
    ['/etc/passwd', /absolute/],
    ['C:/a', /absolute/],
    ['..\\a', /separator to some/],
    ['a\nb', /control character/],
    ['n'.repeat(2000), /over 1024 bytes/],
  ];
  for (const [name, expected] of names) {
    assert.match(refused(makeZip([{ name, content: 'x' }])), expected, name);
    assert.match(refused(makeTarGz([pax('path', name), { name: 'x', content: 'x' }])), expected, name);
  }
  assert.match(refused(makeZip([{ name: 'a\0.xml', content: 'x' }])), /NUL/);
  assert.match(refused(makeTarGz([pax('path', 'a\0.xml'), { name: 'x' }])), /NUL/);
  assert.match(refused(makeZip([{ name: Buffer.from([0xff, 0x41]), content: 'x' }])), /not UTF-8/);
  assert.match(refused(makeZip([{ name: '', content: 'x' }])), /no name/);
});

test('a zip that says two things is refused', () => {
  const ok = { name: 'a', content: 'hello' };
  const wrong: readonly (readonly [ZipFile, RegExp])[] = [
    [{ ...ok, flags: 0x801 }, /^a: is encrypted/],
    [{ ...ok, method: 12 }, /^a: is packed with method 12/],
    [{ ...ok, mode: 0o120777 }, /^a: is a link/],
    [{ ...ok, mode: 0o020666 }, /^a: is a link or a device/],
    [{ ...ok, crc: 1 }, /^a: is damaged: its checksum/],
    [{ ...ok, size: 4 }, /^a: has more than the 4 bytes/],
    [{ ...ok, size: 0 }, /^a: has more than the 0 bytes/],
    [{ ...ok, size: 6 }, /^a: has 5 bytes and not the 6/],
    [{ ...ok, method: 0, size: 6 }, /^a: is stored with two sizes/],
    [{ ...ok, localName: 'b' }, /^a: is another file by its own header/],
  ];
  for (const [file, expected] of wrong) assert.match(refused(makeZip([file])), expected);
  assert.match(refused(makeZip([ok, ok])), /^a: two entries/);
  assert.match(refused(makeZip([ok, { ...ok, name: 'a/' }])), /two entries/);
  assert.match(refused(makeZip([ok], { before: 'prefix' })), /not where its end says|no directory/);
  assert.match(refused(makeZip([ok], { count: 2 })), /directory is damaged/);
  assert.match(refused(makeZip([ok, { ...ok, name: 'b' }], { count: 1 })), /more entries than it says/);
  assert.match(refused(makeZip([ok], { count: 0xffff })), /ZIP64/);
  assert.match(refused(makeZip([ok]).subarray(0, -1)), /no directory at its end/);
  assert.match(refused(Buffer.from('PK\x03\x04')), /no directory at its end/);
});

test('files that share their bytes, as in the zip of 46 MB that holds 4.5 PB, are refused', () => {
  const first = { name: 'aa', content: 'hello' };
  assert.match(refused(makeZip([first, { ...first, name: 'ab', localName: 'aa', sharesWith: 0 }])), /another file/);
  const twice = makeZip([first, { ...first, name: 'aa ' }]);
  // The second entry of the directory is pointed at the first file, and given its name's length.
  const directory = twice.readUInt32LE(twice.length - 6);
  twice.writeUInt32LE(0, directory + 46 + 2 + 42);
  assert.match(refused(twice), /another file|shares bytes/);
  const inner = makeZip([{ name: 'b', content: 'hello', method: 0 }]);
  const nested = makeZip([
    { name: 'a', content: inner.subarray(0, 36), method: 0 },
    { name: 'b', content: 'hello', method: 0 },
  ]);
  nested.writeUInt32LE(31, nested.readUInt32LE(nested.length - 6) + 47 + 42);
  assert.match(refused(nested), /^b: shares bytes/);
});

test('bombs are refused before they go off', () => {
  const zeros = Buffer.alloc(2 << 20);
  assert.match(refused(makeZip([{ name: 'a', content: zeros }])), /^a: grows from \d+ to 2097152 bytes; .*bomb/);
  assert.match(refused(makeZip([{ name: 'a', content: zeros, size: 1000 }])), /^a: has more than the 1000/);
  assert.match(refused(gzipSync(Buffer.alloc(8 << 20))), /grow to over \d+; .*bomb/);
  const many = Array.from({ length: 10_001 }, (_, index) => ({ name: String(index), content: '', method: 0 }));
  assert.match(refused(makeZip(many)), /over 10000 entries/);
  assert.match(refused(makeTarGz(many.map(({ name }) => ({ name })))), /over 10000 entries|bomb/);
  const inner = makeZip([{ name: 'report.xml', content: '<testsuite/>' }]);
  assert.match(finding('JUNIT_XML', makeZip([{ name: 'a.zip', content: inner }])), /the zip has no JUnit report/);
});

test('what unpacks to more than a document may have is refused, however well it is packed', () => {
  const noise = Buffer.alloc(1 << 20);
  for (let i = 0; i < noise.length; i += 1) noise[i] = (i * i * 31 + (i >> 3)) & 0xff;
  const files = Array.from({ length: 65 }, (_, index) => ({ name: String(index), content: noise, method: 0 }));
  assert.match(refused(makeZip(files)), /over 67108864 bytes when they are unpacked/);
  assert.match(refused(makeTarGz(files.map(({ name, content }) => ({ name, content })))), /over 67108864 bytes/);
});

test('a tar that is no plain list of files is refused', () => {
  const wrong: readonly (readonly [readonly TarFile[], RegExp])[] = [
    [[{ name: 'a', flag: '2' }], /^a: is a link/],
    [[{ name: 'a', flag: '1' }], /^a: is a link/],
    [[{ name: 'a', flag: '3' }], /^a: is a link or a device/],
    [[{ name: 'a' }, { name: './a' }], /^a: two entries/],
    [[{ name: 'a', size: '\x80\0\0\0' }], /size of an entry is no octal/],
    [[{ name: 'a', size: '77777777777' }], /cut off/],
    [[pax('size', '5'), { name: 'a' }], /states its size twice/],
    [[{ name: 'p', flag: 'x', content: '99 path=a\n' }, { name: 'a' }], /pax header of an entry is damaged/],
    [[{ name: 'p', flag: 'x', content: '0 path=a\n' }, { name: 'a' }], /pax header of an entry is damaged/],
  ];
  for (const [files, expected] of wrong) assert.match(refused(makeTarGz(files)), expected);
  const spoilt = makeTar([{ name: 'a', content: 'x' }]);
  spoilt[0] = 0x62;
  assert.match(refused(gzipSync(spoilt)), /no tar archive/);
  assert.match(refused(gzipSync('hello')), /no tar archive/);
  const cut = makeTarGz([{ name: 'a', content: 'x' }]);
  assert.match(refused(cut.subarray(0, -9)), /damaged or cut off/);
});

test('a finding in an archive says in which file', () => {
  const files = [
    { name: 'good.xml', content: '<testsuite/>' },
    { name: 'in/bad.xml', content: '<testsuite>\n<a></b></testsuite>' },
  ];
  assert.match(finding('JUNIT_XML', makeZip(files)), /^in\/bad\.xml, line 2, column/);
  assert.match(finding('JUNIT_XML', makeTarGz(files)), /^in\/bad\.xml, line 2, column/);
});

test.run();
