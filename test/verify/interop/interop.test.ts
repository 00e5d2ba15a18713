import { readdir, readFile, stat } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interopTable } from '../../../scripts/gen/interop.ts';
import type { Trust, TrustedSigner } from '../../../src/api/trust.ts';
import { verifyAttestation } from '../../../src/verify/attestation.ts';
import type { Verdict } from '../../../src/verify/verdict.ts';
import { generateTestKey } from '../../support/signing.ts';
import { bytesOf, DOCUMENTS_OF_TOOLS, type InteropDocument, RECEIVED } from './catalogue.ts';

const test = suite('documents of other tools');
const FOLDER = new URL('fixtures/', import.meta.url);

function judge(document: InteropDocument, bytes: Uint8Array = bytesOf(document), trust: Trust = document.trust()) {
  return verifyAttestation(bytes, trust, new Date(document.received ?? RECEIVED));
}
const outcomeOf = (verdict: Verdict): string => (verdict.verified ? 'accepted' : verdict.refusals[0].code);
const accepted = DOCUMENTS_OF_TOOLS.filter(({ expected }) => expected === 'accepted');

for (const document of DOCUMENTS_OF_TOOLS) {
  test(`${document.producer}: ${document.expected}`, () => {
    const verdict = judge(document);
    assert.is(outcomeOf(verdict), document.expected, JSON.stringify(verdict));
  });
}

/** Trust in somebody else of the same kind. */
const strangers = (signer: TrustedSigner): readonly TrustedSigner[] => {
  if (signer.kind === 'key') return [{ ...signer, publicKey: generateTestKey().publicPem }];
  const subject = 'exact' in signer.subject ? signer.subject.exact : signer.subject.glob;
  return [
    { ...signer, subject: { exact: subject.slice(0, -1) } },
    { ...signer, subject: { exact: `${subject}x` } },
    { ...signer, issuer: `${signer.issuer}/` },
    { ...signer, claims: [{ name: 'sourceRepositoryURI', value: 'https://github.com/somebody/else' }] },
  ];
};

test('attack: each that is accepted is refused for another key, subject, issuer or repository, and without its root', () => {
  for (const document of accepted) {
    const { signers, roots } = document.trust();
    for (const signer of signers.flatMap(strangers)) {
      const code = signer.kind === 'key' ? 'signature-invalid' : 'signer-not-allowed';
      assert.is(outcomeOf(judge(document, bytesOf(document), { signers: [signer], roots })), code, document.producer);
    }
    const isKeyless = signers.some(({ kind }) => kind === 'identity');
    if (isKeyless)
      assert.is(outcomeOf(judge(document, bytesOf(document), { signers, roots: {} })), 'signer-not-allowed');
  }
});

/** One in so many bytes is changed, each in a document of its own. */
const STRIDE = 61;

test('attack: of a document with one byte changed nothing counts but what was signed, and by whom', () => {
  for (const document of accepted) {
    const whole = bytesOf(document);
    const original = judge(document);
    assert.ok(original.verified);
    let refusals = 0;
    for (let at = 0; at < whole.length; at += STRIDE) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const verdict = judge(document, changed);
      if (!verdict.verified) refusals += 1;
      else if (original.verified) {
        assert.ok(Buffer.from(original.payload).equals(Buffer.from(verdict.payload)), `${document.file} at ${at}`);
        const signer = ({ signers: [first] }: typeof verdict) =>
          first.kind === 'key' ? first.fingerprint : first.identity;
        assert.is(signer(verdict), signer(original));
      }
    }
    assert.ok(refusals > 0, document.producer);
  }
});

test('the page has the table of today, and a verdict that changes changes it', async () => {
  const page = await readFile(new URL('../../../docs/interop.md', import.meta.url), 'utf8');
  assert.ok(page.includes(interopTable(DOCUMENTS_OF_TOOLS)), "run 'make gen'");
  const [first] = DOCUMENTS_OF_TOOLS;
  assert.ok(first);
  const untrusted = { ...first, trust: () => ({ signers: [], roots: {} }) };
  assert.match(interopTable([untrusted]), /\*\*refused\*\*, `signer-not-allowed`/);
});

test('every document is in the list and is accounted for, and all of them are small', async () => {
  const readme = await readFile(new URL('README.md', FOLDER), 'utf8');
  const files = (await readdir(FOLDER)).filter((name) => name !== 'README.md');
  const listed = new Set(DOCUMENTS_OF_TOOLS.map(({ file }) => file));
  const trusted = (name: string): boolean => name.endsWith('.pub') || name.endsWith('-root.json');
  for (const name of files) {
    assert.ok(trusted(name) || listed.has(name), `${name} is in no row`);
    assert.ok(
      readme.includes(`\`${name.replace(/^cosign-v[23]-(?!sign)/, 'cosign-V-')}\``),
      `${name} is of unknown origin`,
    );
  }
  const sizes = await Promise.all(files.map(async (name) => (await stat(new URL(name, FOLDER))).size));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 150_000);
});

test.run();
