import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { fromWebToken } from '@aws-sdk/credential-provider-web-identity';
import { BLOBS, blobPath, STAGING } from '../layout.ts';
import type { Digest } from '../store.ts';
import { s3Problem } from './problem.ts';
import type { S3Settings } from './settings.ts';

/** The part of a bucket that is a store, and the client that reaches it. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly keys: {
    readonly blob: (digest: Digest) => string;
    /** Where all of those lie. */
    readonly blobs: string;
    /** Where what isn't committed lies. */
    readonly staging: string;
  };
}

const CONNECT_MS = 5_000;
/** Without a byte in either direction. A copy inside the server sends nothing while it lasts. */
const IDLE_MS = 60_000;

/** Nothing is connected before the first call. */
export function openBucket({ spec, identity }: S3Settings): Bucket {
  const { bucket, prefix = '', region = 'us-east-1', endpoint, forcePathStyle = false, ca } = spec;
  // As many connections as there are requests: a few slow readers must not keep everybody else waiting.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  const requestHandler = {
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent({ ...agent, ...(ca === undefined ? {} : { ca }) }),
    connectionTimeout: CONNECT_MS,
    socketTimeout: IDLE_MS,
  };
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle,
    credentials: credentialsOf(identity, { region, requestHandler }),
    requestHandler,
    // Another region's host would get a signature, and it is the administrator who says which hosts do.
    followRegionRedirects: false,
    expectContinueHeader: false,
    // Of what is sent, the signature has the SHA-256, which every server checks; what is read is checked by its digest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return {
    client,
    name: bucket,
    keys: {
      blob: (digest) => `${prefix}${blobPath(digest)}`,
      blobs: `${prefix}${BLOBS}/`,
      staging: `${prefix}${STAGING}/`,
    },
  };
}

type Credentials = NonNullable<S3ClientConfig['credentials']>;

function credentialsOf(
  identity: S3Settings['identity'],
  connection: Pick<S3ClientConfig, 'requestHandler'> & { readonly region: string },
): Credentials {
  if (identity.kind === 'keys') return identity.keys;
  const { roleArn, tokenFile, stsEndpoint } = identity;
  const clientConfig = { ...connection, ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }) };
  return async (options) => {
    try {
      // Read anew each time: the kubelet replaces it before it expires.
      const webIdentityToken = (await readFile(tokenFile, 'utf8')).trim();
      return await fromWebToken({ roleArn, webIdentityToken, roleSessionName: 'proviso', clientConfig })(options);
    } catch (error) {
      throw s3Problem(error, "the pod's token was not exchanged for credentials");
    }
  };
}
