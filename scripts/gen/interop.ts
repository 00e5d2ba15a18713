import { readFile } from 'node:fs/promises';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { differenceIn, type Verdict } from '../../src/verify/verdict.ts';
import { bytesOf, DOCUMENTS_OF_TOOLS, type InteropDocument, RECEIVED } from '../../test/verify/interop/catalogue.ts';

const BEGIN = '<!-- documents: written by `make gen` from test/verify/interop/ -->';
const END = '<!-- end of documents -->';
const PAGE = 'docs/interop.md';

/** The page of what other tools make, with a table of verdicts as the verifier gives them; the rest is written by hand. */
export async function generateInterop(): Promise<Readonly<Record<string, string>>> {
  const page = await readFile(new URL(`../../${PAGE}`, import.meta.url), 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} lacks the marks of its documents`);
  return { [PAGE]: `${before}${BEGIN}\n\n${interopTable(DOCUMENTS_OF_TOOLS)}\n${END}${after}` };
}

/** A row for each document, with what the verifier says of it now. */
export function interopTable(documents: readonly InteropDocument[]): string {
  const rows = documents.map((document) => {
    const verdict = verifyAttestation(bytesOf(document), document.trust(), new Date(document.received ?? RECEIVED));
    return `| ${[document.producer, ...columnsOf(verdict, document)].join(' | ')} |\n`;
  });
  return `| made by | form | statement | signer, and when | verdict |\n|---|---|---|---|---|\n${rows.join('')}`;
}

const TIME = { log: 'log', timestamp: 'timestamp', receipt: 'receipt' } as const;

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
  const who = signer.kind === 'key' ? 'key' : `\`${signer.identity}\`, by ${TIME[signer.timeSource]}`;
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
