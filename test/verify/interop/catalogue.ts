import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ProblemCode } from '../../../src/api/problems.ts';
import type { Trust, TrustThresholds } from '../../../src/api/trust.ts';
import { readPublicKey } from '../../../src/verify/keys.ts';
import { rootDocument } from '../../../src/verify/root-document.ts';
import { PUBLIC_GOOD } from '../../support/trusted-root.ts';

/** A document that a real tool made, and what is to become of it. */
export interface InteropDocument {
  /** The tool, its version, and what it was asked for. */
  readonly producer: string;
  /** Relative to `fixtures/`; its `README.md` says where each is from. */
  readonly file: string;
  /** Whom it is verified for: those who made it, unless the document is refused for just that. */
  readonly trust: () => Trust;
  /** When it is received. Default: `RECEIVED`. */
  readonly received?: string;
  readonly expected: 'accepted' | ProblemCode;
  /** What to do about a refusal, for the page. */
  readonly advice?: string;
}

/** After every document was made. */
export const RECEIVED = '2026-11-28T12:00:00Z';

const FIXTURES = new URL('fixtures/', import.meta.url);

export const bytesOf = ({ file }: InteropDocument): Buffer => readFileSync(new URL(file, FIXTURES));
const textOf = (file: string): string => readFileSync(new URL(file, FIXTURES), 'utf8');

const key = (pem: string) => (): Trust => {
  const reading = readPublicKey(pem);
  if (!reading.ok) throw new Error(reading.message);
  const { publicKey, fingerprint } = reading;
  return { signers: [{ kind: 'key', publicKey, fingerprint }], roots: {} };
};
const keyFile = (file: string) => key(textOf(file));
const identity = (json: string, issuer: string, subject: string, thresholds?: TrustThresholds) => (): Trust => ({
  signers: [{ kind: 'identity', root: 'root', issuer, subject: { exact: subject }, claims: [] }],
  roots: { root: rootDocument(json, thresholds) },
});

const GITHUB = 'https://token.actions.githubusercontent.com';
const onGitHub = (workflow: string) => identity(PUBLIC_GOOD, GITHUB, `https://github.com/${workflow}`);
const privately = identity(textOf('private-root.json'), 'http://127.0.0.1:37259/email', 'dev@proviso.test');

/** The key with which the npm registry signed until January 2025, as the public TUF repository has it. */
function npmKey(): string {
  const seeds = createRequire(import.meta.url)('@sigstore/tuf/seeds.json') as Readonly<
    Record<string, { readonly targets: Readonly<Record<string, string>> }>
  >;
  const targets = Object.entries(Object.values(seeds)[0]?.targets ?? {});
  const target = targets.find(([name]) => name.endsWith('%2Fkeys.json'))?.[1] ?? '';
  const { keys } = JSON.parse(Buffer.from(target, 'base64').toString()) as {
    keys: { keyUsage: string; publicKey: { rawBytes: string } }[];
  };
  const { rawBytes } = keys.find(({ keyUsage }) => keyUsage === 'npm:attestations')?.publicKey ?? { rawBytes: '' };
  return `-----BEGIN PUBLIC KEY-----\n${rawBytes}\n-----END PUBLIC KEY-----\n`;
}

const COSIGN = { v2: 'cosign 2.6.5', v3: 'cosign 3.1.3' } as const;

/** What each version of cosign makes, by the same commands. */
const cosignDocuments = (['v2', 'v3'] as const).flatMap((version): readonly InteropDocument[] => {
  const made = (what: string, file: string, trust: () => Trust): InteropDocument => ({
    producer: `${COSIGN[version]}, ${what}`,
    file: `cosign-${version}-${file}.json`,
    trust,
    expected: 'accepted',
  });
  const withKey = keyFile('cosign.pub');
  return [
    made('`attest-blob` with a key', 'key', withKey),
    made('`attest-blob`, keyless with Rekor v1', 'rekor-v1', privately),
    made('`attest-blob`, keyless with Rekor v2 and a timestamp', 'rekor-v2', privately),
    made('`attest-blob --new-bundle-format=false --output-signature`, with a key', 'envelope', withKey),
    made('`attest-blob --new-bundle-format=false --bundle`, keyless with Rekor v1', 'file', privately),
    made('`attest --new-bundle-format=false`: the layer of an image, keyless with Rekor v1', 'layer', privately),
    made('`attest --new-bundle-format`: a referrer of an image, with a key', 'referrer', withKey),
  ];
});

const chains = (file: string, format: string): InteropDocument => ({
  producer: `Tekton Chains 0.22, format \`${format}\`, signed with a key`,
  file,
  trust: keyFile('chains.pub'),
  expected: 'accepted',
});

export const DOCUMENTS_OF_TOOLS: readonly InteropDocument[] = [
  ...cosignDocuments,
  {
    producer: 'cosign 3, `sign` of an image in GitHub Actions',
    file: 'cosign-v3-sign.json',
    trust: onGitHub('kubewarden/kubewarden-controller/.github/workflows/release.yml@refs/tags/v1.34.0'),
    expected: 'accepted',
  },
  {
    producer: 'cosign 3, `sign-blob`',
    file: 'cosign-v3-sign-blob.json',
    trust: identity(PUBLIC_GOOD, 'https://accounts.google.com', 'w.vollprecht@gmail.com'),
    expected: 'attestation-malformed',
    advice: 'it signs bytes and states nothing; use `attest-blob`',
  },
  {
    producer: 'GitHub artifact attestation (`actions/attest`), public repository',
    file: 'github-conda.json',
    trust: onGitHub('prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main'),
    expected: 'accepted',
  },
  {
    producer: 'GitHub, attestation of an immutable release',
    file: 'github-release.json',
    trust: identity(textOf('github-root.json'), GITHUB, 'https://dotcom.releases.github.com'),
    expected: 'signer-not-allowed',
    advice: 'its certificate names no issuer, and a contract names signers by issuer and subject',
  },
  {
    producer: 'npm, `publish --provenance` in 2023: the answer of the registry, for who built it',
    file: '../../container/fixtures/npm-v0.1.json',
    trust: onGitHub('laurentsimon/provenance-npm-test/.github/workflows/release.yml@refs/heads/main'),
    expected: 'accepted',
  },
  {
    producer: 'npm, `publish --provenance` in 2023: the answer of the registry, for its own key',
    file: '../../container/fixtures/npm-v0.1.json',
    trust: key(npmKey()),
    expected: 'accepted',
  },
  {
    producer: 'npm, `publish --provenance` in 2026: the bundle',
    file: 'npm-v0.3.json',
    trust: onGitHub('sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main'),
    expected: 'accepted',
  },
  {
    producer: 'PyPI (PEP 740), published from GitLab CI',
    file: 'pypi-gitlab.json',
    trust: identity(
      PUBLIC_GOOD,
      'https://gitlab.com',
      'https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main',
    ),
    expected: 'attestation-malformed',
    advice: "PyPI's own form; `Attestation.to_bundle()` of `pypi-attestations` makes a bundle of it, see the next row",
  },
  {
    producer: 'the same, as a bundle by pypi-attestations 0.0.30',
    file: 'pypi-gitlab-bundle.json',
    trust: identity(
      PUBLIC_GOOD,
      'https://gitlab.com',
      'https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main',
    ),
    expected: 'accepted',
  },
  chains('chains-in-toto.json', 'in-toto'),
  chains('chains-v2alpha3.json', 'slsa/v2alpha3'),
  { ...chains('chains-archivista.json', 'in-toto'), producer: 'Tekton Chains 0.22, what it posts to Archivista' },
  {
    producer: 'Tekton Chains 0.22, keyless, received within ten minutes under a root without logs',
    file: 'chains-fulcio.json',
    trust: chainsIdentity('chains-root.json'),
    received: '2026-11-28T02:30:00Z',
    expected: 'accepted',
  },
  {
    producer: 'Tekton Chains 0.22, keyless, received later',
    file: 'chains-fulcio.json',
    trust: chainsIdentity('chains-root.json'),
    expected: 'certificate-invalid',
    advice: 'its annotations prove no time; sign with a key, or hand it in at once',
  },
  {
    producer: 'slsa-github-generator 1: an envelope with the certificate in it',
    file: '../../container/fixtures/generator.jsonl',
    trust: onGitHub('asraa/slsa-github-generator/.github/workflows/builder_go_slsa3.yml@refs/heads/malicious'),
    expected: 'timestamp-invalid',
    advice: 'its log entry is not in it, and nothing else proves a time; use `actions/attest`',
  },
  {
    producer: 'in-toto 3.1 (`in-toto-run`), a link in DSSE',
    file: 'in-toto-link-dsse.json',
    trust: keyFile('in-toto.pub'),
    expected: 'statement-invalid',
    advice: 'a link is no statement; have it as the predicate of one',
  },
  {
    producer: 'in-toto 3.1 (`in-toto-run`), a link with signatures of its own form',
    file: 'in-toto-link.json',
    trust: keyFile('in-toto.pub'),
    expected: 'attestation-malformed',
    advice: 'signatures over canonical JSON are not DSSE; `--use-dsse`, and see the row above',
  },
];

function chainsIdentity(root: string) {
  const certified = 'https://kubernetes.io/namespaces/tekton-chains/serviceaccounts/tekton-chains-controller';
  return identity(textOf(root), 'http://127.0.0.1:42507/kubernetes', certified);
}
