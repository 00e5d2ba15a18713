import { S3_KEYS, type S3Server } from '../tools/s3.ts';
import { manifest } from './manifest.ts';
import type { Shop } from './shop.ts';

const SECRET = 'proviso-evidence-credentials';

/** Makes a bucket of the server the EvidenceStore `bucket`, and waits until it is Ready. */
export async function applyBucket(shop: Shop, { endpoint }: S3Server, bucket: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = S3_KEYS;
  const stringData = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const metadata = { name: SECRET, namespace: 'proviso-system' };
  await shop.kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }));
  const s3 = { bucket, endpoint, forcePathStyle: true, credentialsSecretRef: { name: SECRET } };
  await shop.kubectl('apply -f -', manifest('EvidenceStore', 'bucket', { s3 }));
  await shop.kubectl('wait --for=condition=Ready --timeout=60s evidencestore/bucket');
}
