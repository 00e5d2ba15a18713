/* Generated from crds/ by scripts/gen.ts; run `make gen` after a change there. */
import type { Condition } from './conditions.ts';
import type { ObjectMeta } from './object.ts';

/** A Contract says what evidence each run of a pipeline owes: which materials of which type, with which annotations, signed by whom, and how soon. Workflows name it; a run is pinned to the revision it was opened with. Who may create Contracts in a namespace decides what is trusted there. */
export interface Contract {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Contract`. */
  readonly kind?: string;
  /** What a run owes. */
  readonly spec: ContractSpec;
  /** What the operator found; nobody else writes it. */
  readonly status?: ContractStatus;
}

/** What a run owes. */
export interface ContractSpec {
  /** What this contract is for, in a sentence for people. Example: `what the release pipeline owes`. */
  readonly description?: string;
  /** The materials a run owes or may hand in; names are unique. A run may add others, which are recorded too but not asked for. At most 64. */
  readonly materials?: readonly ContractSpecMaterial[];
  /** Environment variables of the pipeline that are recorded; each must be set at init. Example: `GIT_BRANCH`. */
  readonly envAllowList?: readonly string[];
  /** Where the pipeline has to run. Absent, anywhere. */
  readonly runner?: {
    /** The runner that a run must come from; another is refused at init. */
    readonly type: 'ARGO_WORKFLOW' | 'AZURE_PIPELINE' | 'CIRCLECI_BUILD' | 'DAGGER_PIPELINE' | 'GENERIC' | 'GITHUB_ACTION' | 'GITLAB_PIPELINE' | 'JENKINS_JOB' | 'KUBERNETES_JOB' | 'TEAMCITY_PIPELINE' | 'TEKTON_PIPELINE';
  };
  /** Annotations of the attestation as a whole. One with a value is fixed by the contract; one without must be given with `proviso init --annotation name=value`. */
  readonly annotations?: readonly {
    /** Letters, digits and underscores. Example: `suite`. */
    readonly name: string;
    /** The fixed value. Absent or empty, the pipeline has to give one. */
    readonly value?: string;
  }[];
  /** Policies that judge materials and the attestation. This version has no policy engine yet: a contract that attaches one is Stalled with reason NotSupported, so that nothing passes unjudged. */
  readonly policies?: {
    /** Policies over single materials. */
    readonly materials?: readonly ({
      /** The policy. */
      readonly ref: {
        /** Policy, in this namespace, or ClusterPolicy. Default Policy. */
        readonly kind?: 'Policy' | 'ClusterPolicy';
        /** Its name. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name. */
      readonly with?: Readonly<Record<string, string>>;
      /** Which material it judges. Absent, each of a kind the policy is for. */
      readonly selector?: {
        /** The name of the material. */
        readonly name?: string;
      };
      /** Whether a violation fails the run whatever `enforcement` says. Default false. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Default Warn. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
    })[];
    /** Policies over the attestation as a whole. */
    readonly attestation?: readonly ({
      /** The policy. */
      readonly ref: {
        /** Policy, in this namespace, or ClusterPolicy. Default Policy. */
        readonly kind?: 'Policy' | 'ClusterPolicy';
        /** Its name. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name. */
      readonly with?: Readonly<Record<string, string>>;
      /** Which material it judges. Absent, each of a kind the policy is for. */
      readonly selector?: {
        /** The name of the material. */
        readonly name?: string;
      };
      /** Whether a violation fails the run whatever `enforcement` says. Default false. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Default Warn. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
    })[];
  };
  /** What a policy violation means. Enforce, the default, fails the run with reason PolicyViolation; Audit accepts it with reason AcceptedWithViolations. */
  readonly enforcement?: 'Enforce' | 'Audit';
  /** Who may sign the attestation; any one match is enough. None listed: the identity that opened the run, with a certificate of the cluster's own authority, which `proviso push` gets by itself. */
  readonly signers?: readonly ContractSpecSigner[];
  /** How long a run may take from init to push, as `1h`, `30m` or `1h30m`. Default `1h`, at most `720h`. */
  readonly deadline?: string;
}

/** One material. */
export interface ContractSpecMaterial {
  /** The name that `proviso add` uses, a DNS label. Example: `sbom`. */
  readonly name: string;
  /** What the content must be; the receiver checks it. ARTIFACT and EVIDENCE take any file, STRING a short text, CONTAINER_IMAGE a reference with a digest or an OCI layout. */
  readonly type: 'ARTIFACT' | 'CONTAINER_IMAGE' | 'EVIDENCE' | 'JUNIT_XML' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'STRING';
  /** What the material is, in a sentence for people; `proviso init` shows it. */
  readonly description?: string;
  /** Whether a run may go without it. Default false. */
  readonly optional?: boolean;
  /** Whether it is a product of the pipeline and so a subject of the attestation. Default false. */
  readonly output?: boolean;
  /** Materials with the same group are alternatives: at least one of them must be there. Example: `sbom`. */
  readonly group?: string;
  /** Whether to record the digest and keep no bytes, for very large files. Default false. */
  readonly skipUpload?: boolean;
  /** Annotations of the material. One with a value is fixed by the contract; one without must be given with `proviso add --annotation name=value`. */
  readonly annotations?: readonly {
    /** Letters, digits and underscores. Example: `suite`. */
    readonly name: string;
    /** The fixed value. Absent or empty, the pipeline has to give one. */
    readonly value?: string;
  }[];
}

/** One signer, by key or by certificate. */
export interface ContractSpecSigner {
  /** A public key (P-256 or Ed25519, PEM). */
  readonly key?: ContractSpecKey;
  /** A certificate of a Sigstore authority for exactly this issuer and subject. This version can't check these yet: a contract that names one is Stalled with reason NotSupported. */
  readonly keyless?: {
    /** The OIDC issuer, compared exactly. Example: `https://token.actions.githubusercontent.com`. */
    readonly issuer: string;
    /** The subject alternative name, compared exactly. */
    readonly subject: string;
  };
}

/** A public key (P-256 or Ed25519, PEM). */
export interface ContractSpecKey {
  /** A key of a Secret in this namespace. */
  readonly secretRef?: {
    /** Its name. Example: `release-key`. */
    readonly name: string;
    /** The key inside that holds the PEM. Example: `cosign.pub`. */
    readonly key: string;
  };
  /** A key of a ConfigMap in this namespace. */
  readonly configMapRef?: {
    /** Its name. Example: `release-key`. */
    readonly name: string;
    /** The key inside that holds the PEM. Example: `cosign.pub`. */
    readonly key: string;
  };
  /** The public key itself, as PEM. */
  readonly inline?: string;
}

/** What the operator found; nobody else writes it. */
export interface ContractStatus {
  /** The generation of the spec that this status speaks of. */
  readonly observedGeneration?: number;
  /** The number of the current revision. Going back to an earlier content makes that revision current again. */
  readonly revision?: number;
  /** The ControllerRevision that holds the current revision. */
  readonly revisionName?: string;
  /** How many materials the contract lists. */
  readonly materials?: number;
  /** How many Workflows in this namespace use the contract. */
  readonly workflows?: number;
  /** The keys that the signers resolved to. */
  readonly signers?: readonly {
    /** `SHA256:` and the base64 SHA-256 of the key (SPKI, DER). */
    readonly fingerprint: string;
    /** Where it came from. Example: `secret/release-key`. */
    readonly source?: string;
  }[];
  /** Ready is True when runs may be opened with the contract. Stalled is True when nothing will change until somebody changes something; its reasons are KeyNotFound, KeyInvalid, NotSupported and InvalidSpec. Reconciling is True while a new generation is being worked on. */
  readonly conditions?: readonly Condition[];
}

/** An EvidenceStore is where the bytes of materials and attestations live, addressed by their SHA-256. The operator probes it by writing, reading and removing a small object. */
export interface EvidenceStore {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `EvidenceStore`. */
  readonly kind?: string;
  /** The store. */
  readonly spec: EvidenceStoreSpec;
  /** What the last probe found; nobody but the operator writes it. */
  readonly status?: EvidenceStoreStatus;
}

/** The store. */
export interface EvidenceStoreSpec {
  /** Whether workflows that name no store use this one. Default false. Of two, the older one counts. */
  readonly default?: boolean;
  /** The largest object it takes, in bytes. Default 10737418240 (10 GiB). */
  readonly maxBlobSize?: number;
  /** The namespaces whose workflows may use it, by label. Absent, all of them. */
  readonly namespaces?: {
    /** Labels that the namespace must carry. */
    readonly matchLabels?: Readonly<Record<string, string>>;
  };
  /** A directory that operator and receiver see under the same path, for example a mounted volume. */
  readonly filesystem?: {
    /** An absolute path. Example: `/var/lib/proviso/evidence`. */
    readonly path: string;
  };
}

/** What the last probe found; nobody but the operator writes it. */
export interface EvidenceStoreStatus {
  /** The generation of the spec that this status speaks of. */
  readonly observedGeneration?: number;
  /** The provider. Example: `Filesystem`. */
  readonly provider?: string;
  /** When it was last probed. */
  readonly lastCheckTime?: string;
  /** Ready is True when the last probe wrote, read and removed an object. Stalled is True with reason ProbeFailed, with the provider's own words, or InvalidSpec, when another store is the default already. */
  readonly conditions?: readonly Condition[];
}

/** A WorkflowRun is one run of a pipeline: where it came from, what was handed in, and the verdict. The receiver opens it and judges it, the operator marks deadlines and progress; nobody else may write it. A verdict never changes. */
export interface WorkflowRun {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `WorkflowRun`. */
  readonly kind?: string;
  /** Where the run came from; fixed when it is opened. */
  readonly spec: WorkflowRunSpec;
  /** What was handed in, and the verdict. */
  readonly status?: WorkflowRunStatus;
}

/** Where the run came from; fixed when it is opened. */
export interface WorkflowRunSpec {
  /** The pipeline. */
  readonly workflowRef: {
    /** The Workflow, in the same namespace. */
    readonly name: string;
    /** Its uid, so that a Workflow made anew under the same name has no part in this run. */
    readonly uid: string;
  };
  /** The revision of the contract that the run is judged by. */
  readonly contract: {
    /** The Contract. */
    readonly name: string;
    /** The number of the revision. */
    readonly revision: number;
    /** The ControllerRevision that holds it. */
    readonly revisionName: string;
  };
  /** Who opened the run, as the cluster knows it. */
  readonly identity: RunIdentity;
  /** What makes the run one of a kind; a hash, so that opening it twice finds the same. */
  readonly runKey: string;
  /** Where the pipeline runs. */
  readonly runner: RunRunner;
  /** The commit that was built, as the pipeline said. */
  readonly commit?: RunCommit;
  /** The project of the Workflow when the run was opened. */
  readonly project?: string;
  /** The team of the Workflow when the run was opened. */
  readonly team?: string;
  /** Annotations of the attestation, those that the contract fixes included. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The allow-listed variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The EvidenceStore that takes the bytes. */
  readonly evidenceStoreName: string;
  /** When the run expires unless an attestation was accepted before. */
  readonly deadlineTime: string;
}

/** Who opened the run, as the cluster knows it. */
export interface RunIdentity {
  /** The user name of the token. Example: `system:serviceaccount:shop:proviso-build`. */
  readonly username: string;
  /** The service account, when it is one. */
  readonly serviceAccount?: string;
  /** The pod that the token is bound to, when there is one. */
  readonly pod?: {
    /** Its name. */
    readonly name: string;
    /** Its uid. */
    readonly uid: string;
  };
  /** The PipelineRun, Argo Workflow, Job or pod whose run this is; nobody else can add to it. */
  readonly owner?: RunOwner;
}

/** The PipelineRun, Argo Workflow, Job or pod whose run this is; nobody else can add to it. */
export interface RunOwner {
  /** Its API version. */
  readonly apiVersion: string;
  /** Its kind. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
  /** Its uid. */
  readonly uid: string;
}

/** Where the pipeline runs. */
export interface RunRunner {
  /** The kind of runner; GENERIC when it is none that is known. */
  readonly type: 'ARGO_WORKFLOW' | 'AZURE_PIPELINE' | 'CIRCLECI_BUILD' | 'DAGGER_PIPELINE' | 'GENERIC' | 'GITHUB_ACTION' | 'GITLAB_PIPELINE' | 'JENKINS_JOB' | 'KUBERNETES_JOB' | 'TEAMCITY_PIPELINE' | 'TEKTON_PIPELINE';
  /** Where a person finds the run, as the pipeline said. */
  readonly url?: string;
  /** Whether the type was derived from the pod of the token, and not only claimed. */
  readonly authenticated: boolean;
}

/** The commit that was built, as the pipeline said. */
export interface RunCommit {
  /** Its hash, hex. */
  readonly sha: string;
  /** The name of its author. */
  readonly author?: string;
  /** The address of its author. */
  readonly authorEmail?: string;
  /** Its message, cut to 1024 characters. */
  readonly message?: string;
  /** When it was made, RFC 3339. */
  readonly date?: string;
  /** The remotes of the repository, without credentials. */
  readonly remotes?: readonly {
    /** Its name. Example: `origin`. */
    readonly name: string;
    /** Its address. */
    readonly url: string;
  }[];
}

/** What was handed in, and the verdict. */
export interface WorkflowRunStatus {
  /** The generation of the spec that this status speaks of. */
  readonly observedGeneration?: number;
  /** When the run was opened. */
  readonly startTime?: string;
  /** When the verdict fell. */
  readonly finishTime?: string;
  /** What was handed in; each entry is written by a field manager of its own, so that parallel adds never conflict. */
  readonly materials?: readonly RecordedMaterial[];
  /** How far the run is with what it owes. */
  readonly progress?: RunProgress;
  /** The attestation that was accepted. */
  readonly attestation?: RecordedAttestation;
  /** Attestations that were refused; the run stayed open. */
  readonly refusals?: {
    /** How many. */
    readonly count: number;
    /** The last of them. */
    readonly last?: {
      /** A code from docs/errors.md. */
      readonly code: string;
      /** What was wrong. */
      readonly message: string;
      /** When. */
      readonly time: string;
    };
  };
  /** Succeeded is Unknown while the run is open (Crafting, Verifying), True once its attestation was accepted (Accepted, AcceptedWithViolations, Waived), and False when it failed (PolicyViolation, Expired, Cancelled, PipelineFailed). True and False are final. */
  readonly conditions?: readonly Condition[];
}

/** One material. */
export interface RecordedMaterial {
  /** Its name, that of the contract or one of the pipeline's own. */
  readonly name: string;
  /** Its type. */
  readonly type: string;
  /** The SHA-256 of its bytes, computed by the receiver; of an image, that of its manifest. */
  readonly digest: string;
  /** Its bytes. */
  readonly size: number;
  /** The name of the file, as the pipeline said. */
  readonly filename?: string;
  /** The media type of its content. */
  readonly mediaType?: string;
  /** The text of a STRING. */
  readonly value?: string;
  /** The reference of an image. */
  readonly reference?: string;
  /** Whether its bytes are in the evidence store. */
  readonly stored: boolean;
  /** The EvidenceStore that has them. */
  readonly storeName?: string;
  /** What the receiver found in the content, and the annotations of the pipeline. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** When it was taken. */
  readonly addTime: string;
  /** Who handed it in. */
  readonly addedBy: string;
}

/** How far the run is with what it owes. */
export interface RunProgress {
  /** Present of required. Example: `2/3`. */
  readonly summary: string;
  /** How many materials or groups it owes. */
  readonly required: number;
  /** How many of those are there. */
  readonly present: number;
  /** What is not there yet; of a group its name. */
  readonly missing?: readonly string[];
}

/** The attestation that was accepted. */
export interface RecordedAttestation {
  /** The SHA-256 of the exact bytes that were handed in. */
  readonly digest: string;
  /** Their number. */
  readonly size: number;
  /** The media type of the container. */
  readonly mediaType?: string;
  /** What the statement says, as a type. */
  readonly predicateType: string;
  /** The SHA-256 of the statement inside. */
  readonly payloadDigest?: string;
  /** Who signed it. */
  readonly signer: RecordedSigner;
  /** The EvidenceStore that has the bytes. */
  readonly storeName?: string;
  /** When it was handed in. */
  readonly receiveTime: string;
}

/** Who signed it. */
export interface RecordedSigner {
  /** By what it is known. */
  readonly kind: 'Key' | 'Certificate';
  /** The subject alternative name of the certificate. */
  readonly identity?: string;
  /** Of the key, `SHA256:` and base64; of the certificate, hex. */
  readonly fingerprint: string;
  /** What kubectl shows. */
  readonly display: string;
}

/** A Workflow is one pipeline: the contract that its runs owe, who may submit, how long tokens and history last. The operator provisions a service account, the right to submit, and a rotated token in the Secret `proviso-<name>`. */
export interface Workflow {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Workflow`. */
  readonly kind?: string;
  /** The pipeline. */
  readonly spec: WorkflowSpec;
  /** What the operator provisioned and counted; nobody else writes it. */
  readonly status?: WorkflowStatus;
}

/** The pipeline. */
export interface WorkflowSpec {
  /** What the pipeline does, in a sentence for people. */
  readonly description?: string;
  /** The Contract that its runs owe, in the same namespace. */
  readonly contractRef: {
    /** Its name. Example: `release`. */
    readonly name: string;
  };
  /** The product it belongs to; recorded in every attestation. Example: `shop`. */
  readonly project?: string;
  /** Who answers for it; recorded in every attestation. Example: `payments`. */
  readonly team?: string;
  /** Identities from outside the cluster that may submit, besides the provisioned service account. This version can't check them yet: a Workflow that names one is Stalled with reason NotSupported. Other service accounts are admitted by plain RBAC: the verb `submit` on `workflows.proviso.dev`. */
  readonly submitters?: readonly {
    /** Tokens of an OIDC issuer that the installation allows. */
    readonly oidc: {
      /** The issuer, compared exactly. Example: `https://token.actions.githubusercontent.com`. */
      readonly issuer: string;
      /** The audience that the token must carry. Example: `proviso`. */
      readonly audience: string;
      /** Claims that the token must carry, compared exactly; at least one. Example: `repository: o/r`. */
      readonly claims: Readonly<Record<string, string>>;
    };
  }[];
  /** The token that the operator provisions. */
  readonly token?: {
    /** How long it is valid, `10m` to `720h`; it is renewed at 80 % of that. Default `24h`. */
    readonly expiration?: string;
  };
  /** How many runs stay in the cluster. */
  readonly history?: {
    /** Finished runs kept, the newest; older ones are removed. Open runs don't count. Default 100. */
    readonly limit?: number;
  };
  /** The EvidenceStore that takes the bytes. Absent, the one that is marked as default. */
  readonly evidenceStoreRef?: {
    /** Its name. Example: `default`. */
    readonly name: string;
  };
  /** What is normal for this pipeline. */
  readonly expectations?: {
    /** The longest time between two accepted runs. Example: `26h`. */
    readonly maxInterval?: string;
    /** The lowest share of accepted runs, 0 to 1. Example: `0.9`. */
    readonly minSuccessRate?: number;
    /** The longest time from init to push. Example: `45m`. */
    readonly maxDuration?: string;
  };
}

/** What the operator provisioned and counted; nobody else writes it. */
export interface WorkflowStatus {
  /** The generation of the spec that this status speaks of. */
  readonly observedGeneration?: number;
  /** The revision that new runs are pinned to. */
  readonly contract?: {
    /** The Contract. */
    readonly name: string;
    /** The number of the revision. */
    readonly revision: number;
    /** The ControllerRevision that holds it. */
    readonly revisionName: string;
  };
  /** The provisioned service account. */
  readonly serviceAccountName?: string;
  /** The Secret with `endpoint`, `ca.crt`, `token`, `workflow` and `namespace`. */
  readonly tokenSecretName?: string;
  /** The token in that Secret. */
  readonly token?: {
    /** When it ends. */
    readonly expirationTime: string;
    /** When the operator replaces it. */
    readonly renewalTime: string;
  };
  /** The EvidenceStore that new runs use. */
  readonly evidenceStoreName?: string;
  /** Runs in the kept history. */
  readonly runs?: {
    /** All of them. */
    readonly total: number;
    /** Those without a verdict yet. */
    readonly active: number;
    /** Those accepted. */
    readonly succeeded: number;
    /** Those refused, expired, cancelled or failed. */
    readonly failed: number;
  };
  /** Share of the finished runs that were accepted, rounded down. Example: `92%`. */
  readonly successRate?: string;
  /** The run that was opened last. */
  readonly lastRun?: {
    /** The WorkflowRun. */
    readonly name: string;
    /** The reason of its condition Succeeded. Example: `Accepted`. */
    readonly result: string;
    /** When it was opened. */
    readonly startTime: string;
    /** When its verdict fell. */
    readonly finishTime?: string;
  };
  /** Ready is True when runs may be opened. Stalled is True when nothing will change until somebody changes something; its reasons are ContractNotFound, StoreNotFound, NameTaken, NotSupported and InvalidSpec. Ready is False without Stalled for ContractNotReady and ProvisioningFailed, which are tried again. Reconciling is True while work is under way. */
  readonly conditions?: readonly Condition[];
}
