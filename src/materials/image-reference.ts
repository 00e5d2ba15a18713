/** A reference to an image by digest, split as the OCI distribution specification does. */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string;
  readonly digest: `sha256:${string}`;
}

export type ImageReferenceReading =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly message: string };

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Reads `[host/]path[:tag]@sha256:…`. A digest is a must: a tag can be moved after the run. */
export function parseImageReference(text: string): ImageReferenceReading {
  const no = (message: string): ImageReferenceReading => ({ ok: false, message });
  if (text.length > 1024) return no('the reference has over 1024 characters');
  const at = text.lastIndexOf('@');
  if (at < 0) return no(`'${text}' has no digest; add @sha256:… of the image, since a tag can be moved afterwards`);
  const digest = text.slice(at + 1);
  if (!DIGEST.test(digest)) return no(`'${digest}' is not sha256: and 64 lower-case hex digits`);
  const named = text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return no(`'${tag}' is not a tag`);
  const repository = hasTag ? named.slice(0, colon) : named;
  const slash = repository.indexOf('/');
  const first = slash < 0 ? '' : repository.slice(0, slash);
  const hasHost = /[.:[]/.test(first) || first === 'localhost';
  if (hasHost && !HOST.test(first)) return no(`'${first}' is not a registry host`);
  const path = hasHost ? repository.slice(slash + 1) : repository;
  if (!PATH.test(path))
    return no(`'${path}' is not a repository name: lower-case letters, digits and single separators`);
  return {
    ok: true,
    reference: { repository, ...(tag === undefined ? {} : { tag }), digest: digest as `sha256:${string}` },
  };
}
