import { posix } from 'node:path';
import type { SourceFile } from './sources.ts';

/** The folders of `src/` from the bottom up: a folder may import from its own tier and from those below. */
const TIERS: readonly (readonly string[])[] = [
  ['api'],
  ['contract', 'materials', 'attestation', 'verify', 'pki', 'git'],
  ['evidence', 'archive', 'policy', 'kube', 'oidc', 'oci', 'outbound'],
  ['cli', 'operator', 'receiver'],
  ['main.ts', 'image.ts'],
];
/** Used from anywhere, and themselves on top of `api` only. */
const SIDE = ['queue', 'telemetry'];
/** Don't import each other. */
const PROGRAMS = ['cli', 'operator', 'receiver'];
const PURE = ['contract', 'materials', 'attestation', 'verify', 'git'];

const IMPURE_MODULES = /^node:(fs|net|http|https|http2|tls|child_process|dgram|worker_threads|process|timers)/;
const CLOCK = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(/;
const IMPORT = /^\s*(?:import|export)\b[^'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** Imports that go the wrong way, and pure code that isn't. */
export function boundaryFindings(sources: readonly SourceFile[]): readonly string[] {
  return sources.filter(({ path }) => path.startsWith('src/')).flatMap(findingsOf);
}

function findingsOf({ path, text }: SourceFile): readonly string[] {
  const from = folderOf(path);
  const isPure = PURE.includes(from);
  const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
  const wrong = imports.flatMap((target) => {
    if (target.endsWith('/package.json')) return [];
    if (!target.startsWith('.')) {
      return isPure && IMPURE_MODULES.test(target) ? [`${path}: ${from} does no I/O, but imports ${target}`] : [];
    }
    const to = folderOf(posix.join(posix.dirname(path), target));
    return mayImport(from, to) ? [] : [`${path}: ${from} must not import ${to} (${target})`];
  });
  const clock = isPure && CLOCK.test(text) ? [`${path}: ${from} reads no clock and no chance; pass them in`] : [];
  return [...wrong, ...clock];
}

const folderOf = (path: string): string => path.split('/')[1] ?? '';

const tierOf = (folder: string): number => TIERS.findIndex((tier) => tier.includes(folder));

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (SIDE.includes(from)) return to === 'api';
  if (SIDE.includes(to)) return tierOf(from) >= tierOf('kube');
  if (PROGRAMS.includes(from) && PROGRAMS.includes(to)) return false;
  return tierOf(from) >= 0 && tierOf(to) >= 0 && tierOf(to) <= tierOf(from);
}
