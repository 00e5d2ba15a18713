import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';
import type { Digest, EvidenceLink } from '../store.ts';
import type { Bucket } from './bucket.ts';
import { s3Problem } from './problem.ts';

/** A request as the library makes it. */
interface Request {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the library's signer can do besides what its type says. */
interface Presigner {
  presign(request: Request, options: { readonly expiresIn: number; readonly signingDate: Date }): Promise<Request>;
}

/**
 * A URL for one object and `GET` alone, good for `seconds`, or for as long as the credentials are if that is less. What answers
 * it is told to say that these are bytes to be kept, and not a page to be shown: whoever handed them in may have made one.
 */
export async function linkTo(bucket: Bucket, digest: Digest, seconds: number, now: Date): Promise<EvidenceLink> {
  const { client, name, keys } = bucket;
  try {
    const { expiration } = await client.config.credentials();
    const left = expiration === undefined ? seconds : Math.floor((expiration.getTime() - now.getTime()) / 1000);
    const expiresIn = Math.min(seconds, left);
    if (expiresIn < 1)
      throw new Problem('store-unavailable', "the store's credentials have expired", { retryAfter: 5 });
    const request = await requestOf(bucket, {
      Bucket: name,
      Key: keys.blob(digest),
      ResponseContentType: 'application/octet-stream',
      ResponseContentDisposition: `attachment; filename="${digest.replace(':', '-')}"`,
    });
    const signer = (await client.config.signer()) as unknown as Presigner;
    const signed = await signer.presign(request, { expiresIn, signingDate: now });
    return { url: urlOf(signed), expires: new Date(now.getTime() + expiresIn * 1000) };
  } catch (error) {
    throw s3Problem(error);
  }
}

/** The request as it would be sent, with nothing in it that a client would have to repeat. */
async function requestOf({ client }: Bucket, input: GetObjectCommand['input']): Promise<Request> {
  const command = new GetObjectCommand(input);
  let made: Request | undefined;
  command.middlewareStack.add(
    () => (args) => {
      made = args.request as Request;
      return Promise.resolve({ response: {}, output: { $metadata: {} } });
    },
    { step: 'build', priority: 'low' },
  );
  await client.send(command);
  if (made === undefined) throw new Error('the library made no request');
  const { headers, query = {} } = made;
  const { 'x-id': _, ...asked } = query;
  // That of the body: there is none, and the library would sign the one of nothing, which some servers take for a wrong one.
  const signed = { host: headers.host ?? '', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  return Object.assign(Object.create(Object.getPrototypeOf(made)), made, { headers: signed, query: asked });
}

function urlOf({ protocol, hostname, port, path, query = {} }: Request): string {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  // Encoded as it was signed: a blank as %20.
  url.search = Object.entries(query)
    .map(([name, value]) => `${encoded(name)}=${encoded(String(value ?? ''))}`)
    .join('&');
  return url.href;
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
