/** A name of an image, split as the OCI distribution specification does. */
export interface ImageName {
  /** Such as `ghcr.io` or `localhost:5000`; absent where the name begins with none. */
  readonly host?: string;
  /** Within the registry. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: `sha256:${string}`;
}

/** A reference to an image by digest. */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string;
  readonly digest: `sha256:${string}`;
}

type Reading<Member extends string, T> =
  | ({ readonly ok: true } & { readonly [Name in Member]: T })
  | { readonly ok: false; readonly message: string };

export type ImageNameReading = Reading<'name', ImageName>;
export type ImageReferenceReading = Reading<'reference', ImageReference>;

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Reads `[host/]path[:tag][@sha256:…]`. */
export function parseImageName(text: string): ImageNameReading {
  const no = (message: string): ImageNameReading => ({ ok: false, message });
  if (text.length > 1024) return no('the reference has over 1024 characters');
  const at = text.lastIndexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !DIGEST.test(digest))
    return no(`'${digest}' is not sha256: and 64 lower-case hex digits`);
  const named = at < 0 ? text : text.slice(0, at);
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
    name: {
      ...(hasHost ? { host: first } : {}),
      path,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest: digest as `sha256:${string}` }),
    },
  };
}

/** The name without tag and digest, as it was written. */
export const repositoryOf = ({ host, path }: ImageName): string => (host === undefined ? path : `${host}/${path}`);

/** Reads `[host/]path[:tag]@sha256:…`. A digest is a must: a tag can be moved after the run. */
export function parseImageReference(text: string): ImageReferenceReading {
  const reading = parseImageName(text);
  if (!reading.ok) return reading;
  const { name } = reading;
  const { tag, digest } = name;
  if (digest !== undefined) {
    return { ok: true, reference: { repository: repositoryOf(name), ...(tag === undefined ? {} : { tag }), digest } };
  }
  const message = `'${text}' has no digest; add @sha256:… of the image, since a tag can be moved afterwards`;
  return { ok: false, message };
}
