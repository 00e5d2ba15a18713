import { canonicalJson, sha256Hex } from '../api/canonical.ts';
import type { RecordedMaterial, RunCommit } from '../api/types.gen.ts';
import { policyMembers } from './policies.ts';
import type { RunRecord } from './record.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'chainloop.dev/attestation/v0.2';
export const BUILD_TYPE = 'chainloop.dev/workflowrun/v0.1';
/** DSSE payload type and media type of every statement. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Subjects that aren't files: readers look for them by name. */
export const COMMIT_SUBJECT = 'git.head';
const WORKFLOW_SUBJECT = 'chainloop.workflow.';

/** An in-toto ResourceDescriptor, as far as the format uses it. */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly digest?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly content?: string;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** An in-toto Statement v1. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly ResourceDescriptor[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: Readonly<Record<string, unknown>>;
}

/** The statement about a run, from the cluster's record of it; `now` is when it is rendered, RFC 3339. */
export function renderStatement(record: RunRecord, now: string): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: subjectsOf(record),
    predicateType: PREDICATE_TYPE,
    predicate: {
      metadata: {
        name: record.run,
        workflowName: record.workflow,
        workflowID: record.workflowUid,
        workflowRunID: record.uid,
        ...(record.project === undefined ? {} : { project: record.project }),
        ...(record.team === undefined ? {} : { team: record.team }),
        organization: record.namespace,
        contractName: record.contract.name,
        contractVersion: String(record.revision),
        ...(record.startTime === undefined ? {} : { initializedAt: record.startTime }),
        finishedAt: now,
      },
      builder: { id: `proviso.dev/receiver` },
      buildType: BUILD_TYPE,
      env: record.environment,
      runnerType: record.runner.type,
      ...(record.runner.url === undefined ? {} : { runnerURL: record.runner.url }),
      runnerAuthenticated: record.runner.authenticated,
      auth: { id: record.username, type: 'AUTH_TYPE_FEDERATED' },
      casBackend: { casBackendName: record.storeName, fallback: false },
      annotations: record.annotations,
      materials: record.materials.map(materialDescriptor),
      ...policyMembers(record),
    },
  };
}

/**
 * The workflow itself, the commit, and each output of the pipeline. The first one's digest is the SHA-256 of the RFC 8785
 * form of `{run, revision, materials: {name: digest}}`, so that anybody can compute it again.
 */
export const subjectsOf = (record: RunRecord): readonly ResourceDescriptor[] => [
  { name: workflowSubject(record), digest: { sha256: recordDigest(record) } },
  ...(record.commit === undefined ? [] : [commitSubject(record.commit)]),
  ...outputsOf(record),
];

/**
 * Each output of the pipeline. Names are unique: an output whose file name or repository is taken already has the
 * material's name added, as in `app.tgz#linux-arm64`. Names with a meaning of their own are taken always: a file called
 * `git.head` must not pass for a commit.
 */
export function outputsOf(record: RunRecord): readonly ResourceDescriptor[] {
  const outputs = outputNames(record);
  const taken = new Set([COMMIT_SUBJECT, workflowSubject(record)]);
  const subjects: ResourceDescriptor[] = [];
  for (const material of record.materials) {
    if (!outputs.has(material.name) || material.type === 'STRING') continue;
    const own = nameOf(material);
    let name = own.startsWith(WORKFLOW_SUBJECT) ? material.name : own;
    while (taken.has(name)) name = `${name}#${material.name}`;
    taken.add(name);
    subjects.push(outputSubject(material, name));
  }
  return subjects;
}

/** The materials that the contract calls outputs. */
export const outputNames = ({ contract }: RunRecord): ReadonlySet<string> =>
  new Set(contract.materials.filter(({ output }) => output).map(({ name }) => name));

const workflowSubject = ({ workflow }: RunRecord): string => `${WORKFLOW_SUBJECT}${workflow}`;

function recordDigest(record: RunRecord): string {
  const materials = Object.fromEntries(record.materials.map(({ name, digest }) => [name, digest]));
  return sha256Hex(canonicalJson({ run: record.uid, revision: record.revisionName, materials }));
}

/**
 * The commit, by the names that the format has, and by some of our own: `proven` says whether all but the remotes was read
 * from the commit itself, and whose the key is that a signature names, nobody has checked.
 */
function commitSubject(commit: RunCommit): ResourceDescriptor {
  const { signature } = commit;
  const annotations = {
    'author.name': commit.author,
    'author.email': commit.authorEmail,
    date: commit.date,
    message: commit.message,
    remotes: commit.remotes,
    proven: commit.proven,
    signature: signature?.armored,
    'signature.algorithm': signature?.format,
    'signature.fingerprint': signature?.fingerprint,
    'signature.keyProven': signature?.keyProven,
    'signature.keyId': signature?.keyId,
    'signature.signer': signature?.signer,
    'signature.issuer': signature?.issuer,
  };
  const known = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== undefined));
  const algorithm = commit.sha.length === 40 ? 'sha1' : 'sha256';
  return { name: COMMIT_SUBJECT, digest: { [algorithm]: commit.sha }, annotations: known };
}

const outputSubject = (material: RecordedMaterial, name: string): ResourceDescriptor => ({
  name,
  digest: { sha256: hexOf(material.digest) },
  annotations: annotationsOf(material),
});

export const materialDescriptor = (material: RecordedMaterial): ResourceDescriptor => ({
  ...(material.type === 'STRING' ? {} : { name: nameOf(material) }),
  digest: { sha256: hexOf(material.digest) },
  ...(material.value === undefined ? {} : { content: Buffer.from(material.value).toString('base64') }),
  ...(material.mediaType === undefined ? {} : { mediaType: material.mediaType }),
  annotations: annotationsOf(material),
});

/** The repository of an image, else the file name, else the material's own. */
function nameOf({ name, filename, reference }: RecordedMaterial): string {
  const repository = reference?.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  return repository ?? filename ?? name;
}

const annotationsOf = (material: RecordedMaterial): Readonly<Record<string, unknown>> => ({
  ...material.annotations,
  'chainloop.material.name': material.name,
  'chainloop.material.type': material.type,
  'chainloop.material.size': String(material.size),
  'chainloop.material.cas': material.stored,
});

const hexOf = (digest: string): string => digest.replace(/^sha256:/, '');
