import { Readable, type Transform } from 'node:stream';
import { Problem } from '../../api/problem.ts';
import type { RunEvent } from '../../api/run-events.ts';
import type { RecordedMaterial, SubscriptionSpec, WorkflowRun } from '../../api/types.gen.ts';
import type { ArchiveDatabase } from '../../archive/tables.ts';
import { archivedAs } from '../../archive/write.ts';
import type { Digest } from '../../evidence/store.ts';
import { base64Length, base64Stream } from '../../outbound/base64-stream.ts';
import type { Endpoint } from '../../outbound/secret-endpoint.ts';
import type { Stores } from '../stores.ts';
import type { FailedTry } from './retry.ts';
import { failedTry, requestTo, type TellOptions } from './tell.ts';

export interface DependencyTrackOptions extends TellOptions {
  readonly database: ArchiveDatabase;
  readonly stores: Stores;
}

const SBOM = 'SBOM_CYCLONEDX_JSON';
/** An SBOM has some megabytes, and the server reads it before it answers. */
const TIMEOUT_MS = 120_000;
/** The column of the server. */
const MAX_NAME = 255;

/**
 * Hands the CycloneDX SBOMs of an accepted run to Dependency-Track, `PUT /api/v1/bom` of its API. The same again is the same
 * project and version. Undefined: all were taken, or there is none. Throws what the archive says.
 */
export async function tellDependencyTrack(
  endpoint: Endpoint,
  spec: NonNullable<SubscriptionSpec['dependencyTrack']>,
  event: RunEvent,
  options: DependencyTrackOptions,
): Promise<FailedTry | undefined> {
  const archived = await archivedAs(options.database, String(event.data.uid));
  if (archived === undefined) return failedTry('the run is in the archive no more', true);
  const run = JSON.parse(archived.document) as WorkflowRun;
  const sboms = (run.status?.materials ?? []).filter(({ type, stored }) => type === SBOM && stored);
  for (const material of sboms) {
    const project = projectOf(spec, run, sboms, material);
    const failed = await upload(endpoint, project, material, options).catch((error: unknown) => {
      if (error instanceof Problem) return failedTry(error.message);
      throw error;
    });
    if (failed !== undefined) return failed;
  }
  return undefined;
}

interface Project {
  readonly projectName: string;
  readonly projectVersion: string;
}

/** Of several SBOMs of a run each is a project of its own: one would take the place of another. */
function projectOf(
  { project }: NonNullable<SubscriptionSpec['dependencyTrack']>,
  { metadata, spec }: WorkflowRun,
  sboms: readonly RecordedMaterial[],
  { name }: RecordedMaterial,
): Project {
  const base = project ?? `${metadata.namespace}/${spec.workflowRef.name}`;
  return {
    projectName: (sboms.length === 1 ? base : `${base}/${name}`).slice(0, MAX_NAME),
    projectVersion: spec.commit?.sha ?? metadata.name,
  };
}

async function upload(
  endpoint: Endpoint,
  project: Project,
  { digest, storeName = '' }: RecordedMaterial,
  options: DependencyTrackOptions,
): Promise<FailedTry | undefined> {
  const { bytes } = await options.stores.get(storeName);
  const found = await bytes.stat(digest as Digest);
  const sbom = found === undefined ? undefined : await bytes.get(digest as Digest);
  if (found === undefined || sbom === undefined) return failedTry(`the SBOM ${digest} is in the store no more`, true);
  const [before, after] = [`${JSON.stringify({ ...project, autoCreate: true }).slice(0, -1)},"bom":"`, '"}'];
  const size = Buffer.byteLength(before) + base64Length(found.size) + after.length;
  const url = new URL(endpoint.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/bom`;
  const outgoing = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: { size, open: () => Readable.from(documentOf(before, sbom, after), { objectMode: false }) },
  } as const;
  try {
    return await requestTo({ ...endpoint, url }, outgoing, options, TIMEOUT_MS);
  } finally {
    sbom.destroy();
  }
}

/** The JSON with the SBOM in it, as it comes from the store; fails as that does. */
async function* documentOf(before: string, sbom: Readable, after: string): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(before);
  // The digest is checked at the end, before the document is whole.
  yield* compose(sbom, base64Stream());
  yield Buffer.from(after);
}

/** A stream through another one; what fails in either fails it. */
const compose = (source: Readable, through: Transform): Transform => {
  source.on('error', (error) => through.destroy(error));
  return source.pipe(through);
};
