import { createPrivateKey, createPublicKey } from 'node:crypto';
import { KIND } from '../api/kinds.ts';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';
import { type Secret, secretText } from '../api/secret.ts';
import { CONTROL_PLANE_SECRET } from '../api/trust-objects.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../telemetry/log.ts';
import { readKeyList, writeKeyList } from '../verify/key-list.ts';
import { fingerprintOf, kindOf } from '../verify/keys.ts';
import { writeSecret } from './key-pair.ts';
import { fingerprintOfPrivate, type KeyRing, signingKey, withNextKey, withNextSigning } from './key-ring.ts';
import { isOurs } from './ours.ts';

const PUBLISHED = 'proviso-control-plane-keys';
/** Keys of the Secret; `keys.json` is what the ConfigMap publishes, and the Secret is where it counts. */
const SIGNING = 'signing.key';
const NEXT = 'next.key';
const LIST = 'keys.json';

export interface ControlPlaneKeyOptions {
  readonly client: KubeClient;
  readonly log: Logger;
  /** Proviso's own. */
  readonly namespace: string;
  /** Who the statements say has verified, a URI; default: named after the cluster. */
  readonly verifierId?: string | undefined;
  readonly now: () => Date;
}

/**
 * Makes sure of the key that signs the control plane's statements, and of the ConfigMap with the public parts. Each key is
 * published before it signs, whenever this is cut short: it is promoted only after the ConfigMap with it was written. A
 * Secret without our label was given by somebody and is published as it is.
 */
export async function ensureControlPlaneKey(options: ControlPlaneKeyOptions): Promise<void> {
  const { client, namespace, now, log } = options;
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name: CONTROL_PLANE_SECRET });
  if (secret !== undefined && !isOurs(secret)) {
    await publish(options, givenRing(secret));
    return;
  }
  const found = ringOf(secret);
  if (secret !== undefined && found.keys.length === 0) {
    log.error(
      { secret: CONTROL_PLANE_SECRET },
      'The Secret is damaged, and earlier control-plane keys are forgotten with it',
    );
  }
  const announced = withNextKey({ ...found, verifierId: await verifierIdOf(options, found) }, now());
  await write(options, secret, announced);
  await publish(options, announced);
  const ring = withNextSigning(announced, now());
  if (ring === announced) return;
  await write(options, secret, ring);
  await publish(options, ring);
  log.info({ fingerprint: signingKey(ring)?.fingerprint }, 'Control-plane key signs');
}

async function verifierIdOf({ client, verifierId }: ControlPlaneKeyOptions, found: KeyRing): Promise<string> {
  if (verifierId !== undefined) return verifierId;
  // What they have signed names it: it goes where the keys go, also into another cluster.
  if (found.verifierId !== '') return found.verifierId;
  // It is there as long as the cluster is, and no other cluster has it.
  const { metadata } = await client.get<KubeObject>(KIND.Namespace, { name: 'kube-system' });
  return `https://proviso.dev/cluster/${metadata.uid}`;
}

/** What the Secret holds of ours; a key that its list doesn't name was put there by somebody else and isn't used. */
function ringOf(secret: Secret | undefined): KeyRing {
  const reading = readKeyList(secretText(secret, LIST) ?? '');
  if (!reading.ok) return { verifierId: '', keys: [] };
  const known = new Set(reading.list.keys.map(({ fingerprint }) => fingerprint));
  const keyIn = (name: string): string | undefined => {
    const pem = secretText(secret, name);
    return pem !== undefined && isUsable(pem) && known.has(fingerprintOfPrivate(pem)) ? pem : undefined;
  };
  const [signing, next] = [keyIn(SIGNING), keyIn(NEXT)];
  return { ...reading.list, ...(signing === undefined ? {} : { signing }), ...(next === undefined ? {} : { next }) };
}

function isUsable(pem: string): boolean {
  try {
    return kindOf(createPrivateKey(pem)) === 'p256';
  } catch {
    return false;
  }
}

/** A ring that somebody else keeps. */
function givenRing(secret: Secret): KeyRing {
  const signing = secretText(secret, SIGNING) ?? '';
  if (!isUsable(signing))
    throw new Error(`the given Secret ${CONTROL_PLANE_SECRET} has no P-256 private key, PEM, under ${SIGNING}`);
  const reading = readKeyList(secretText(secret, LIST) ?? '');
  if (!reading.ok)
    throw new Error(`the given Secret ${CONTROL_PLANE_SECRET} has no list of keys under ${LIST}: ${reading.message}`);
  const ring = { ...reading.list, signing };
  if (signingKey(ring) !== undefined) return ring;
  const fingerprint = fingerprintOf(createPublicKey(signing));
  throw new Error(
    `the list ${LIST} of the given Secret ${CONTROL_PLANE_SECRET} lacks the key that signs, ${fingerprint}`,
  );
}

/** Writes the Secret, unless it stands so already. */
async function write(options: ControlPlaneKeyOptions, current: Secret | undefined, ring: KeyRing): Promise<void> {
  const { signing, next } = ring;
  const texts = {
    [LIST]: writeKeyList(ring),
    ...(signing === undefined ? {} : { [SIGNING]: signing }),
    ...(next === undefined ? {} : { [NEXT]: next }),
  };
  if (!(await writeSecret(options, CONTROL_PLANE_SECRET, { type: 'Opaque', texts }, current))) return;
  options.log.info({ secret: CONTROL_PLANE_SECRET, keys: ring.keys.length }, 'Control-plane keys written');
}

/** Writes the ConfigMap in any case: what somebody has changed in it is put right. */
async function publish({ client, namespace }: ControlPlaneKeyOptions, ring: KeyRing): Promise<void> {
  const current = signingKey(ring)?.publicKey;
  const data = {
    'control-plane-keys.json': writeKeyList(ring),
    'verifier-id': ring.verifierId,
    ...(current === undefined ? {} : { 'control-plane.pub': current }),
  };
  const metadata = { name: PUBLISHED, namespace, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  await client.apply(KIND.ConfigMap, object, { fieldManager: OPERATOR_MANAGER, force: true });
}
