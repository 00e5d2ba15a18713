import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTufFetcher } from './tuf-fetcher.ts';

/** A target of a TUF repository, and what it is fetched with. */
export interface TufTarget {
  /** Where the metadata lies; targets lie under `targets/` there. */
  readonly mirror: string;
  /** The `root.json` to start from. */
  readonly root: string;
  /** Path of the target. */
  readonly path: string;
  /** PEM that the mirror's certificate is checked against; absent: the public authorities. */
  readonly ca?: string;
}

export type TufReading =
  | { readonly ok: true; readonly text: string; readonly version: string }
  /** `by`: whether the root to start from is no root, or the repository couldn't be read or isn't to be believed. */
  | { readonly ok: false; readonly by: 'root' | 'repository'; readonly message: string };

const TOTAL_MS = 30_000;
const TOTAL_BYTES = 16 << 20;
const MAX_TARGET_BYTES = 512 << 10;
const LIMITS = {
  maxRootRotations: 128,
  maxDelegations: 16,
  rootMaxLength: 512 << 10,
  timestampMaxLength: 16 << 10,
  snapshotMaxLength: 2 << 20,
  targetsMaxLength: 4 << 20,
};
/** In the order in which a version lists them. */
const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;

/**
 * Fetches a target, always anew from the given root on: nothing on disk is trusted, only `atLeast`, the version of an
 * earlier reading, below which no role may fall. Without it a mirror could bring back what was withdrawn, since signatures
 * of old metadata stay good until they expire. Never throws.
 */
export async function fetchTufTarget(
  target: TufTarget,
  { signal, atLeast }: { readonly signal: AbortSignal; readonly atLeast?: string },
): Promise<TufReading> {
  const limit = AbortSignal.timeout(TOTAL_MS);
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), 'proviso-tuf-'));
    return await fetchInto(folder, target, AbortSignal.any([signal, limit]), atLeast);
  } catch (error) {
    const message = limit.aborted ? `it took longer than ${TOTAL_MS / 1000} s` : reasonOf(error);
    return { ok: false, by: 'repository', message };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function fetchInto(
  folder: string,
  { mirror, root, path, ca }: TufTarget,
  signal: AbortSignal,
  atLeast: string | undefined,
): Promise<TufReading> {
  // Loaded when it is needed: most installations have no TUF root.
  const [{ Updater }, { DownloadHTTPError }] = await Promise.all([import('tuf-js'), import('tuf-js/dist/error.js')]);
  const base = new URL(mirror.endsWith('/') ? mirror : `${mirror}/`).href;
  await writeFile(join(folder, 'root.json'), root);
  const httpError = (message: string, status: number) => new DownloadHTTPError(message, status);
  const limits = { base, maxBytes: TOTAL_BYTES, signal, folder, httpError, ...(ca === undefined ? {} : { ca }) };
  const fetcher = createTufFetcher(limits);
  try {
    const places = { metadataDir: folder, metadataBaseUrl: base, targetBaseUrl: `${base}targets/` };
    const made = attempt(() => new Updater({ ...places, fetcher, config: LIMITS }));
    if (!made.ok) return { ok: false, by: 'root', message: made.message };
    const updater = made.value;
    await updater.refresh();
    const version = await versionIn(folder);
    const fallen = fallenRole(atLeast, version);
    if (fallen !== undefined) return { ok: false, by: 'repository', message: fallen };
    const info = await updater.getTargetInfo(path);
    if (info === undefined) return { ok: false, by: 'repository', message: `it has no target '${path}'` };
    if (info.length > MAX_TARGET_BYTES)
      throw new Error(`the target '${path}' is longer than ${MAX_TARGET_BYTES} bytes`);
    const file = await updater.downloadTarget(info, join(folder, 'target'));
    return {
      ok: true,
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file)),
      version,
    };
  } finally {
    fetcher.close();
  }
}

function attempt<T>(
  make: () => T,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, value: make() };
  } catch (error) {
    return { ok: false, message: reasonOf(error) };
  }
}

/** The library has written there what it verified. */
async function versionIn(folder: string): Promise<string> {
  const versions = ROLES.map(async (role) => {
    const metadata = JSON.parse(await readFile(join(folder, `${role}.json`), 'utf8')) as {
      signed: { version: number };
    };
    return metadata.signed.version;
  });
  return (await Promise.all(versions)).join('.');
}

/** Says which role has a lower version than before. */
export function fallenRole(before: string | undefined, after: string): string | undefined {
  const [old, now] = [before ?? '', after].map((version) => version.split('.').map(Number));
  const index = ROLES.findIndex((_, at) => (now?.[at] ?? 0) < (old?.[at] ?? 0));
  if (index < 0) return undefined;
  return `its ${ROLES[index]} metadata fell from version ${old?.[index]} to ${now?.[index]}, which only an attack or a restored backup does; if the repository was set up anew, give its new root.json`;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));
