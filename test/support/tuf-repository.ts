import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Key, Metadata, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';

export const TUF_ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type TufRole = (typeof TUF_ROLES)[number];

interface Signer {
  readonly key: Key;
  readonly privateKey: KeyObject;
}

const SPEC_VERSION = '1.0.31';
const DAY_MS = 86_400_000;

export interface PublishOptions {
  /** When metadata expires, of roles where it isn't in ten days. */
  readonly expires?: Partial<Record<TufRole, Date>>;
  /** Other bytes than those that are signed. */
  readonly served?: string;
}

/** A TUF repository with consistent snapshots, signed by the library's own models: the files that a mirror serves. */
export class TufRepository {
  /** By path. */
  files = new Map<string, Buffer>();
  readonly #signers = new Map<TufRole, Signer>(TUF_ROLES.map((role) => [role, newSigner()]));
  readonly #versions = { root: 0, timestamp: 0, snapshot: 0, targets: 0 };
  /** The first `root.json`. */
  readonly root: string;

  constructor() {
    this.root = this.#publishRoot([this.#signer('root')]);
  }

  /** A new version of everything but the root. */
  publish(target: string, content: string, { expires = {}, served = content }: PublishOptions = {}): void {
    const hash = createHash('sha256').update(content).digest('hex');
    const file = new TargetFile({ path: target, length: Buffer.byteLength(content), hashes: { sha256: hash } });
    this.files.set(`targets/${hash}.${target}`, Buffer.from(served));
    const targets = new Targets({ ...this.#common('targets', expires), targets: { [target]: file } });
    const targetsMeta = this.#put('targets', targets);
    const snapshot = new Snapshot({ ...this.#common('snapshot', expires), meta: { 'targets.json': targetsMeta } });
    const snapshotMeta = this.#put('snapshot', snapshot);
    this.#put('timestamp', new Timestamp({ ...this.#common('timestamp', expires), snapshotMeta }));
  }

  /** A new root with new keys for a role, signed by the old root key and, if that is what changes, the new one. */
  rotate(role: TufRole): void {
    const before = this.#signer('root');
    this.#signers.set(role, newSigner());
    this.#publishRoot([...new Set([before, this.#signer('root')])]);
  }

  /** A next root that only a stranger has signed. */
  forgeRoot(): void {
    const stranger = newSigner();
    this.#signers.set('root', stranger);
    this.#publishRoot([stranger]);
  }

  #publishRoot(signers: readonly Signer[]): string {
    const root = new Root({ ...this.#common('root', {}), consistentSnapshot: true });
    for (const role of TUF_ROLES) root.addKey(this.#signer(role).key, role);
    const bytes = signed(root, signers);
    this.files.set(`${root.version}.root.json`, bytes);
    return bytes.toString('utf8');
  }

  #put(role: Exclude<TufRole, 'root'>, content: Timestamp | Snapshot | Targets): MetaFile {
    const bytes = signed(content, [this.#signer(role)]);
    this.files.set(role === 'timestamp' ? 'timestamp.json' : `${content.version}.${role}.json`, bytes);
    const hashes = { sha256: createHash('sha256').update(bytes).digest('hex') };
    return new MetaFile({ version: content.version, length: bytes.length, hashes });
  }

  #common(role: TufRole, expires: PublishOptions['expires'] = {}) {
    this.#versions[role] += 1;
    const end = expires[role] ?? new Date(Date.now() + 10 * DAY_MS);
    // Whole seconds, as the specification demands.
    const text = end.toISOString().replace(/\.\d+Z$/, 'Z');
    return { version: this.#versions[role], specVersion: SPEC_VERSION, expires: text };
  }

  #signer(role: TufRole): Signer {
    const signer = this.#signers.get(role);
    if (signer === undefined) throw new Error(`no key for ${role}`);
    return signer;
  }
}

function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const hex = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const keyID = createHash('sha256').update(hex).digest('hex');
  return { key: new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: hex } }), privateKey };
}

function signed(content: Root | Timestamp | Snapshot | Targets, signers: readonly Signer[]): Buffer {
  const metadata = new Metadata(content);
  for (const { key, privateKey } of signers) {
    metadata.sign(
      (data) => new Signature({ keyID: key.keyID, sig: sign(undefined, data, privateKey).toString('hex') }),
      true,
    );
  }
  return Buffer.from(JSON.stringify(metadata.toJSON()));
}
