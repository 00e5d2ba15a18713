import { verifyAttestation } from '../../src/verify/attestation.ts';
import { differenceIn, type Verdict } from '../../src/verify/verdict.ts';
import { bytesOf, DOCUMENTS_OF_TOOLS, type InteropDocument, RECEIVED } from '../../test/verify/interop/catalogue.ts';
import { withGenerated } from './marked.ts';

const TABLE = { of: 'documents', from: 'test/verify/interop/' };
const PAGE = 'docs/interop.md';

/** The page of what other tools make, with a table of verdicts as the verifier gives them; the rest is written by hand. */
export async function generateInterop(): Promise<Readonly<Record<string, string>>> {
  return { [PAGE]: await withGenerated(PAGE, TABLE, interopTable(DOCUMENTS_OF_TOOLS)) };
}

/** A row for each document, with what the verifier says of it now. */
export function interopTable(documents: readonly InteropDocument[]): string {
  const rows = documents.map((document) => {
    const verdict = verifyAttestation(bytesOf(document), document.trust(), new Date(document.received ?? RECEIVED));
    return `| ${[document.producer, ...columnsOf(verdict, document)].join(' | ')} |\n`;
  });
  return `| made by | form | statement | signer, and when | verdict |\n|---|---|---|---|---|\n${rows.join('')}`;
}

function columnsOf(verdict: Verdict, { advice }: InteropDocument): readonly string[] {
  if (!verdict.verified) {
    const [refusal] = verdict.refusals;
    const why = differenceIn(refusal).replaceAll('|', '\\|').replaceAll('\n', ' ');
    return [
      '',
      '',
      '',
      `**refused**, \`${refusal.code}\`: ${why}${advice === undefined ? '' : `. What to do: ${advice}`}`,
    ];
  }
  const { form, mediaType, statement, signers } = verdict;
  const [signer] = signers;
  const who = signer.kind === 'key' ? 'key' : `\`${signer.identity}\`, by ${signer.timeSource}`;
  const version = String(statement._type).replace('https://in-toto.io/Statement/', '');
  return [
    `\`${form}\`, ${shortened(mediaType)}`,
    `${version}, \`${String(statement.predicateType)}\``,
    who,
    'accepted',
  ];
}

/** What tells media types apart. */
const shortened = (mediaType: string): string =>
  /(?:version=|bundle\.v)(0\.\d)/.exec(mediaType)?.[1]?.replace(/^/, 'v') ?? 'DSSE';
