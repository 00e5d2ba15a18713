import { createRequire } from 'node:module';

interface Seeds {
  readonly [mirror: string]: { readonly 'root.json': string; readonly targets: Readonly<Record<string, string>> };
}

const seeds = createRequire(import.meta.url)('@sigstore/tuf/seeds.json') as Seeds;
const { 'root.json': root, targets } = Object.values(seeds)[0] ?? { 'root.json': '', targets: {} };
const text = (base64 = ''): string => Buffer.from(base64, 'base64').toString('utf8');

/** The trusted root of the public Sigstore, as its client library is delivered with it. */
export const PUBLIC_GOOD = text(targets['trusted_root.json']);
/** The TUF root that it comes with. */
export const PUBLIC_GOOD_TUF_ROOT = text(root);

interface Authority {
  validFor?: { start?: string; end?: string };
}
interface Log {
  publicKey: { validFor: { start: string; end?: string } };
}
/** The parts of a trusted root that tests change. */
export interface EditableRoot {
  mediaType: string;
  certificateAuthorities: Authority[];
  timestampAuthorities: Authority[];
  tlogs: Log[];
  ctlogs: Log[];
}

/** The public root after an edit. */
export function editedRoot(edit: (root: EditableRoot) => void): string {
  const parsed = JSON.parse(PUBLIC_GOOD) as EditableRoot;
  edit(parsed);
  return JSON.stringify(parsed);
}

/** The public root whose transparency logs end at a time. */
export const rootUntil = (end: Date): string =>
  editedRoot(({ tlogs }) => {
    for (const { publicKey } of tlogs) publicKey.validFor.end = end.toISOString();
  });
