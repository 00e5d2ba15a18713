import { parseDuration } from './duration.ts';
import type { LabelSelector } from './label-selector.ts';
import { LENIENT_TYPES, SIGNED_TYPES } from './material-types.ts';
import { signerLists } from './signer-lists.ts';
import type {
  ClusterContract,
  ClusterPolicy,
  ClusterPolicyGroup,
  Contract,
  ContractSpecKey,
  ContractSpecMaterial,
  ContractSpecSigner,
  EvidenceStore,
  Policy,
  PolicyGroup,
  TrustRoot,
  Waiver,
  Workflow,
} from './types.gen.ts';

/** A rule across fields that the API server checks by CEL: its message there, and the paths that break it here. */
export interface Rule<T> {
  readonly message: string;
  readonly broken: (object: T) => readonly string[];
}

const STRICT_RULE =
  "'strict: false' is only for types whose format has a published schema: AsyncAPI, CSAF, OpenAPI, CycloneDX and SPDX";
const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const CONTRACT_RULES: readonly Rule<Contract>[] = [
  {
    message: 'metadata.name must have at most 63 characters, since labels carry it',
    broken: ({ metadata }) => (metadata.name.length > 63 ? ['metadata.name'] : []),
  },
  {
    message:
      "a group must have at least two members; give another material the same 'group' or take it away from this one",
    broken: ({ spec }) => materials(spec.materials, (material, all) => isAlone(material, all), '.group'),
  },
  {
    message: "a material with 'group' must not be 'optional'; one member of the group is enough anyway",
    broken: ({ spec }) => materials(spec.materials, ({ group, optional }) => group !== undefined && optional === true),
  },
  {
    message: "'skipUpload' has no meaning for type STRING, whose value is always recorded",
    broken: ({ spec }) => materials(spec.materials, ({ skipUpload, type }) => skipUpload === true && type === 'STRING'),
  },
  {
    message: STRICT_RULE,
    broken: ({ spec }) =>
      materials(spec.materials, ({ strict, type }) => strict === false && !LENIENT_TYPES.includes(type)),
  },
  {
    message:
      "'signers' is for CONTAINER_IMAGE, SLSA_PROVENANCE and ATTESTATION; who signs for the run stands in spec.signers",
    broken: ({ spec }) =>
      materials(spec.materials, ({ signers, type }) => signers !== undefined && !SIGNED_TYPES.includes(type)),
  },
  {
    message: "a signer must have exactly one of 'key' and 'keyless'",
    broken: ({ spec }) => signers(spec, ({ key, keyless }) => countGiven(key, keyless) !== 1),
  },
  {
    message: "a key must have exactly one of 'secretRef', 'configMapRef' and 'inline'",
    broken: ({ spec }) => signers(spec, ({ key }) => key !== undefined && sources(key) !== 1, '.key'),
  },
  {
    message: "'validFrom' must be before 'validUntil'",
    broken: ({ spec }) => signers(spec, ({ key }) => isNever(key?.validFrom, key?.validUntil), '.key'),
  },
  {
    message: "a keyless signer must have exactly one of 'subject' and 'subjectGlob'",
    broken: ({ spec }) =>
      signers(
        spec,
        ({ keyless }) => keyless !== undefined && countGiven(keyless.subject, keyless.subjectGlob) !== 1,
        '.keyless',
      ),
  },
  {
    message: "'signerThreshold' needs 'signers': the identity that opened the run signs alone",
    broken: ({ spec }) => ((spec.signerThreshold ?? 1) > 1 && (spec.signers ?? []).length === 0 ? ['spec'] : []),
  },
  {
    message: "'signerThreshold' must not be more than there are 'signers': each entry counts for one signer",
    broken: ({ spec: { signers = [], signerThreshold = 1 } }) =>
      signers.length > 0 && signerThreshold > signers.length ? ['spec'] : [],
  },
  {
    message: 'spec.deadline must be between 1m and 720h',
    broken: ({ spec }) => (isWithin(spec.deadline, MINUTE, 720 * HOUR) ? [] : ['spec.deadline']),
  },
];

const selectorRules = <T>(at: string, selectorOf: (object: T) => LabelSelector): readonly Rule<T>[] => {
  const broken = (operators: readonly string[], isGiven: boolean) => (object: T) =>
    indices(
      selectorOf(object)?.matchExpressions,
      ({ operator, values = [] }) => operators.includes(operator) && values.length > 0 === isGiven,
    ).map((index) => `${at}.matchExpressions[${index}]`);
  return [
    { message: "'values' must be given for In and NotIn", broken: broken(['In', 'NotIn'], false) },
    {
      message: "'values' must not be given for Exists and DoesNotExist",
      broken: broken(['Exists', 'DoesNotExist'], true),
    },
  ];
};

/** A baseline asks as a contract does, of whom it selects. */
export const CLUSTER_CONTRACT_RULES: readonly Rule<ClusterContract>[] = [
  ...CONTRACT_RULES,
  ...selectorRules<ClusterContract>('spec.namespaceSelector', ({ spec }) => spec.namespaceSelector),
  ...selectorRules<ClusterContract>('spec.workflowSelector', ({ spec }) => spec.workflowSelector),
];

const isShorter = (duration: string | undefined, least: number): boolean =>
  duration !== undefined && (parseDuration(duration) ?? 0) < least;

/** The same of a store and of a workflow. */
const RETENTION_RULES: readonly Rule<Workflow | EvidenceStore>[] = [
  {
    message: "spec.retention must have 'keepFor' or 'keepLast'",
    broken: ({ spec: { retention } }) =>
      retention === undefined || countGiven(retention.keepFor, retention.keepLast) > 0 ? [] : ['spec.retention'],
  },
  {
    message: 'spec.retention.keepFor must be at least 1h',
    broken: ({ spec }) => (isShorter(spec.retention?.keepFor, HOUR) ? ['spec.retention'] : []),
  },
  {
    message: 'spec.retention.keepAcceptedFor must be as long as spec.retention.keepFor, which must be there, or longer',
    broken: ({ spec: { retention: { keepFor, keepAcceptedFor } = {} } }) => {
      const least = keepFor === undefined ? Number.POSITIVE_INFINITY : (parseDuration(keepFor) ?? 0);
      return isShorter(keepAcceptedFor, least) ? ['spec.retention'] : [];
    },
  },
];

export const WORKFLOW_RULES: readonly Rule<Workflow>[] = [
  {
    message: 'metadata.name must have at most 40 characters, since the names of runs and accounts are made from it',
    broken: ({ metadata }) => (metadata.name.length > 40 ? ['metadata.name'] : []),
  },
  {
    message: 'metadata.name must be a DNS label, lower-case letters, digits and dashes, since labels carry it',
    broken: ({ metadata }) => (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(metadata.name) ? [] : ['metadata.name']),
  },
  {
    message: 'spec.token.expiration must be between 10m and 720h',
    broken: ({ spec }) => (isWithin(spec.token?.expiration, 10 * MINUTE, 720 * HOUR) ? [] : ['spec.token.expiration']),
  },
  {
    message: 'spec.source.grace must be at most 24h',
    broken: ({ spec }) => (isWithin(spec.source?.grace, 0, 24 * HOUR) ? [] : ['spec.source.grace']),
  },
  ...selectorRules<Workflow>('spec.source.selector', ({ spec }) => spec.source?.selector),
  ...RETENTION_RULES,
];

export const EVIDENCE_STORE_RULES: readonly Rule<EvidenceStore>[] = [
  ...RETENTION_RULES,
  {
    message: "a store must have exactly one provider; this version knows 'filesystem', 's3' and 'oci'",
    broken: ({ spec }) => (countGiven(spec.filesystem, spec.s3, spec.oci) === 1 ? [] : ['spec']),
  },
  {
    message: "a store can't be its own fallback; take 'default' or 'fallback' away",
    broken: ({ spec }) => (spec.default === true && spec.fallback === true ? ['spec'] : []),
  },
  {
    message: 'spec.movedTo must name another store',
    broken: ({ metadata, spec }) => (spec.movedTo?.name === metadata.name ? ['spec.movedTo'] : []),
  },
  {
    message: "spec.filesystem.path must not contain '.' or '..' as a part",
    broken: ({ spec }) => (hasDots(spec.filesystem?.path) ? ['spec.filesystem.path'] : []),
  },
  {
    message: "spec.s3 must have exactly one of 'credentialsSecretRef' and 'webIdentity'",
    broken: ({ spec: { s3 } }) =>
      s3 === undefined || countGiven(s3.credentialsSecretRef, s3.webIdentity) === 1 ? [] : ['spec.s3'],
  },
  {
    message: "spec.s3.prefix must not contain '.' or '..' as a part",
    broken: ({ spec }) => (hasDots(spec.s3?.prefix) ? ['spec.s3.prefix'] : []),
  },
  {
    message: 'spec.s3.endpoint must be a URL, such as https://minio.storage.svc:9000',
    broken: ({ spec: { s3 } }) => (s3?.endpoint === undefined || URL.canParse(s3.endpoint) ? [] : ['spec.s3.endpoint']),
  },
  {
    message: 'spec.s3.signedUrls.expiry must be between 1m and 1h',
    broken: ({ spec: { s3 } }) => (isWithin(s3?.signedUrls?.expiry, MINUTE, HOUR) ? [] : ['spec.s3.signedUrls.expiry']),
  },
];

export const TRUST_ROOT_RULES: readonly Rule<TrustRoot>[] = [
  {
    message: 'metadata.name must have at most 63 characters, since the name of a ConfigMap is made from it',
    broken: ({ metadata }) => (metadata.name.length > 63 ? ['metadata.name'] : []),
  },
  {
    message: "a trusted root must have exactly one of 'inline', 'configMapRef' and 'tuf'",
    broken: ({ spec: { sigstore } }) =>
      countGiven(sigstore.inline, sigstore.configMapRef, sigstore.tuf) === 1 ? [] : ['spec.sigstore'],
  },
  {
    message: "a TUF root must have exactly one of 'inline' and 'configMapRef'",
    broken: ({ spec: { sigstore } }) =>
      sigstore.tuf === undefined || countGiven(sigstore.tuf.root.inline, sigstore.tuf.root.configMapRef) === 1
        ? []
        : ['spec.sigstore.tuf.root'],
  },
  {
    message: 'spec.sigstore.tuf.refreshInterval must be between 10m and 720h',
    broken: ({ spec: { sigstore } }) =>
      isWithin(sigstore.tuf?.refreshInterval, 10 * MINUTE, 720 * HOUR) ? [] : ['spec.sigstore.tuf.refreshInterval'],
  },
];

/** The same of a policy and of a group. */
const INPUT_RULES: readonly Rule<Policy | PolicyGroup>[] = [
  {
    message: "an input with a 'default' is never missing; take 'required' or 'default' away",
    broken: ({ spec }) =>
      indices(spec.inputs, (input) => input.default !== undefined && input.required === true).map(
        (index) => `spec.inputs[${index}]`,
      ),
  },
];

/** The same of a policy of a namespace and of one of the cluster. */
export const POLICY_RULES: readonly Rule<Policy | ClusterPolicy>[] = [
  {
    message: "a policy must have exactly one of 'kinds' and 'attestation: true'",
    broken: ({ spec: { kinds, attestation } }) => ((kinds !== undefined) === (attestation === true) ? ['spec'] : []),
  },
  {
    message: "the phase Add is for materials, so it needs 'kinds'",
    broken: ({ spec: { kinds, phases } }) => (kinds === undefined && phases?.includes('Add') ? ['spec'] : []),
  },
  {
    message: "the phase Init has no materials yet, so it needs 'attestation: true'",
    broken: ({ spec: { kinds, phases } }) => (kinds !== undefined && phases?.includes('Init') ? ['spec'] : []),
  },
  ...INPUT_RULES,
  {
    message: "a source must have exactly one of 'inline', 'configMapRef' and 'oci'",
    broken: ({ spec: { source } }) =>
      countGiven(source.inline, source.configMapRef, source.oci) === 1 ? [] : ['spec.source'],
  },
];

/** The same of a group of a namespace and of one of the cluster. */
export const POLICY_GROUP_RULES: readonly Rule<PolicyGroup | ClusterPolicyGroup>[] = [
  {
    message: "a group must have 'materials' or 'attestation'",
    broken: ({ spec }) => (countGiven(spec.materials, spec.attestation) === 0 ? ['spec'] : []),
  },
  {
    message: "'optional' needs 'name': without a name no material is asked for",
    broken: ({ spec }) =>
      indices(spec.materials, ({ name, optional }) => optional !== undefined && name === undefined).map(
        (index) => `spec.materials[${index}]`,
      ),
  },
  ...INPUT_RULES,
];

/** Who made a waiver, and how long it is for, is judged by the API server as it is made. */
export const WAIVER_RULES: readonly Rule<Waiver>[] = [
  {
    message: "a waiver must have exactly one of 'policy' and 'material'",
    broken: ({ spec: { policy, material } }) => (countGiven(policy, material) === 1 ? [] : ['spec']),
  },
  {
    message: "'approvedBy' and 'approvedUid' are an approval together; give both, or none",
    broken: ({ spec: { approvedBy, approvedUid } }) => (countGiven(approvedBy, approvedUid) === 1 ? ['spec'] : []),
  },
  {
    message: "'approvedBy' must be somebody else than 'requestedBy'",
    broken: ({ spec: { approvedBy, requestedBy } }) => (approvedBy === requestedBy ? ['spec'] : []),
  },
  {
    message:
      "a waiver must say which Workflows it is for, by at least one label in 'matchLabels' or requirement in 'matchExpressions'",
    broken: ({ spec: { selector } }) =>
      Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length > 0
        ? []
        : ['spec.selector'],
  },
  ...selectorRules<Waiver>('spec.selector', ({ spec }) => spec.selector),
];

type Materials = readonly ContractSpecMaterial[];

const materials = (
  list: Materials | undefined,
  isBad: (material: ContractSpecMaterial, all: Materials) => boolean,
  field = '',
): readonly string[] => indices(list, isBad).map((index) => `spec.materials[${index}]${field}`);

/** Those of the attestation and of materials. */
const signers = (
  spec: Contract['spec'],
  isBad: (signer: ContractSpecSigner) => boolean,
  field = '',
): readonly string[] =>
  signerLists(spec).flatMap(([at, list]) => indices(list, isBad).map((index) => `${at}[${index}]${field}`));

const isAlone = (material: ContractSpecMaterial, all: Materials): boolean =>
  material.group !== undefined && !all.some(({ name, group }) => group === material.group && name !== material.name);

const indices = <T>(list: readonly T[] = [], isBad: (item: T, all: readonly T[]) => boolean): readonly number[] =>
  list.flatMap((item, index) => (isBad(item, list) ? [index] : []));

const hasDots = (path = ''): boolean => path.split('/').some((part) => part === '.' || part === '..');

/** How many of these there are. */
export const countGiven = (...members: readonly unknown[]): number =>
  members.filter((member) => member !== undefined).length;

const sources = ({ secretRef, configMapRef, inline }: ContractSpecKey): number =>
  countGiven(secretRef, configMapRef, inline);

/** Whether a span of time is empty. What is no time at all is the schema's to refuse. */
const isNever = (from: string | undefined, until: string | undefined): boolean =>
  from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until);

function isWithin(text: string | undefined, least: number, most: number): boolean {
  if (text === undefined) return true;
  const seconds = parseDuration(text);
  return seconds !== undefined && seconds >= least && seconds <= most;
}
