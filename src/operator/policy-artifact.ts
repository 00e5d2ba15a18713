import { REASON } from '../api/reasons.ts';
import { isLoopback, registryOrigin } from '../oci/address.ts';
import type { CredentialSource } from '../oci/credential.ts';
import { type Descriptor, readDescriptors, readDocument } from '../oci/descriptor.ts';
import { isNotFound } from '../oci/error.ts';
import { openRepository } from '../oci/repository.ts';
import { fetchWhole } from '../oci/whole-blob.ts';
import type { Finding } from './conditions.ts';
import type { TextReading } from './given-text.ts';

const AT = 'spec.source.oci';
const MAX_BYTES = 1 << 20;
/** Far below what a reconcile may take. */
const FETCH_SECONDS = 20;

export interface ArtifactOptions {
  /** `HOST/NAME@sha256:…` */
  readonly reference: string;
  /** What is shown to its registry; undefined where somebody names it who has only a namespace. */
  readonly login: CredentialSource | undefined;
  readonly signal: AbortSignal;
}

/** The text of an artifact: its only layer, which the digest of the manifest fixes. Throws the reason of the signal when that ends it. */
export async function readArtifact({ reference, login, signal }: ArtifactOptions): Promise<TextReading> {
  const [repository = '', digest = ''] = reference.split('@');
  const slash = repository.indexOf('/');
  const [host, name] = [repository.slice(0, slash), repository.slice(slash + 1)];
  const refused = refusalOf(host, login === undefined);
  if (refused !== undefined) return { ok: false, finding: refused };
  const until = AbortSignal.any([signal, AbortSignal.timeout(FETCH_SECONDS * 1000)]);
  const opened = openRepository({ host, name, signal: until, ...(login && { credentials: login }) });
  try {
    const { bytes } = await opened.manifest(digest);
    const layer = onlyLayer(bytes, reference);
    if (typeof layer === 'string') return invalid(layer);
    return decode(await fetchWhole(opened, layer, MAX_BYTES), reference);
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, finding: failure(until.aborted ? `no answer within ${FETCH_SECONDS} s` : error, reference) };
  } finally {
    opened.close();
  }
}

/** On loopback the operator talks to itself and its neighbours in the pod; a tenant must not make it. */
function refusalOf(host: string, isTenants: boolean): Finding | undefined {
  const stalled = (message: string): Finding => ({ state: 'stalled', reason: REASON.InvalidSpec, message });
  try {
    if (!isTenants || !isLoopback(registryOrigin(host))) return undefined;
    return stalled(
      `${AT}.reference: the registry of a Policy can't be '${host}', the machine that the operator runs on`,
    );
  } catch {
    return stalled(`${AT}.reference: '${host}' is no host of a registry`);
  }
}

/** The one layer of a manifest, or what is wrong. */
function onlyLayer(manifest: Uint8Array, reference: string): Descriptor | string {
  let layers: readonly Descriptor[];
  try {
    layers = readDescriptors(readDocument(manifest, reference).layers, reference);
  } catch (error) {
    return (error as Error).message;
  }
  const [layer] = layers;
  if (layer === undefined || layers.length > 1) {
    return `${reference} has ${layers.length} layers; push it with the source as the only one`;
  }
  if (layer.size <= MAX_BYTES) return layer;
  return `the layer of ${reference} has ${layer.size} bytes, and ${MAX_BYTES} are the most that a source may have`;
}

function decode(bytes: Buffer, reference: string): TextReading {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), at: AT };
  } catch {
    return invalid(`the layer of ${reference} is no UTF-8 text`);
  }
}

const invalid = (why: string): TextReading => ({
  ok: false,
  finding: { state: 'stalled', reason: REASON.SourceInvalid, message: `${AT}: ${why}` },
});

function failure(error: unknown, reference: string): Finding {
  const said = error instanceof Error ? error.message : String(error);
  if (isNotFound(error)) {
    const message = `${AT}: the registry has no ${reference}, or shows it to nobody: ${said}`;
    return { state: 'stalled', reason: REASON.SourceNotFound, message };
  }
  return { state: 'waiting', reason: REASON.FetchFailed, message: `${AT}: ${reference} can't be fetched: ${said}` };
}
