import { secretText } from '../../api/secret.ts';
import type { EvidenceStoreS3 } from '../../api/types.gen.ts';
import { missing, type StoreAccess } from '../access.ts';

/** All that it takes to open a bucket. */
export interface S3Settings {
  readonly kind: 's3';
  readonly spec: EvidenceStoreS3;
  readonly identity: S3Identity;
}

export type S3Identity =
  | {
      readonly kind: 'keys';
      readonly keys: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
      };
    }
  | {
      readonly kind: 'web-identity';
      readonly roleArn: string;
      readonly tokenFile: string;
      /** Absent: Amazon's, of the bucket's region. */
      readonly stsEndpoint?: string;
    };

const ID = 'AWS_ACCESS_KEY_ID';
const KEY = 'AWS_SECRET_ACCESS_KEY';
const SESSION = 'AWS_SESSION_TOKEN';

/** Reads who Proviso is there. Throws `store-unavailable` that says what is missing. */
export async function s3Settings(spec: EvidenceStoreS3, access: StoreAccess): Promise<S3Settings> {
  if (spec.webIdentity !== undefined) return { kind: 's3', spec, identity: webIdentity(spec.webIdentity, access) };
  const name = spec.credentialsSecretRef?.name ?? '';
  const secret = await access.secret(name);
  const where = `spec.s3.credentialsSecretRef: the Secret ${name} in the namespace ${access.namespace}`;
  if (secret === undefined) throw missing(`${where} does not exist; create it with ${ID} and ${KEY}`);
  const [accessKeyId, secretAccessKey, sessionToken] = [ID, KEY, SESSION].map((key) => secretText(secret, key)?.trim());
  if (!accessKeyId) throw missing(`${where} has no ${ID}`);
  if (!secretAccessKey) throw missing(`${where} has no ${KEY}`);
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  return { kind: 's3', spec, identity: { kind: 'keys', keys } };
}

function webIdentity({ roleArn }: { readonly roleArn: string }, { webIdentity }: StoreAccess): S3Identity {
  // Which file's content is sent where is for whoever installs Proviso to say, not for who may write a store.
  const { tokenFile, stsEndpoint } = webIdentity;
  if (tokenFile === undefined) {
    throw missing(
      'spec.s3.webIdentity: this pod has no token for it; mount a projected one and name its file in AWS_WEB_IDENTITY_TOKEN_FILE',
    );
  }
  return { kind: 'web-identity', roleArn, tokenFile, ...(stsEndpoint === undefined ? {} : { stsEndpoint }) };
}
