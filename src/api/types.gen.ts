/* Generated from crds/ by scripts/gen.ts; run `make gen` after a change there. */
import type { Condition } from './conditions.ts';
import type { ObjectMeta } from './object.ts';

/** A ClusterContract is a baseline: it says what every run owes of the Workflows that it selects by label, and is merged into the Contract of each. A Contract may ask for more and never for less. Who may create ClusterContracts decides for the whole cluster. */
export interface ClusterContract {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `ClusterContract`. */
  readonly kind?: string;
  /** Whom it governs, and what their runs owe. Changing it makes a new revision; runs that are open keep what they were opened with. */
  readonly spec: ClusterContractSpec;
  /** What the operator found; nobody else writes it. */
  readonly status?: ClusterContractStatus;
}

/** Whom it governs, and what their runs owe. Changing it makes a new revision; runs that are open keep what they were opened with. */
export interface ClusterContractSpec {
  /** The namespaces whose Workflows it governs, by their labels. Absent or empty, all of them. */
  readonly namespaceSelector?: {
    /** Labels that it must carry, each with this value. At most 16. Example: `tier: production`. */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** Requirements on its labels, all of which must hold. At most 16. */
    readonly matchExpressions?: readonly ({
      /** The name of the label. Example: `proviso.dev/exempt`. */
      readonly key: string;
      /** In and NotIn compare with `values`, Exists and DoesNotExist ask whether there is such a label. NotIn also holds where there is none. */
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
      /** The values for In and NotIn. At most 32. */
      readonly values?: readonly string[];
    })[];
  };
  /** The Workflows that it governs, by their labels, in the namespaces that it selects. Absent or empty, all of them. Whoever may write a Workflow may also label it: to hold tenants, select namespaces. */
  readonly workflowSelector?: {
    /** Labels that it must carry, each with this value. At most 16. Example: `tier: production`. */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** Requirements on its labels, all of which must hold. At most 16. */
    readonly matchExpressions?: readonly ({
      /** The name of the label. Example: `proviso.dev/exempt`. */
      readonly key: string;
      /** In and NotIn compare with `values`, Exists and DoesNotExist ask whether there is such a label. NotIn also holds where there is none. */
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
      /** The values for In and NotIn. At most 32. */
      readonly values?: readonly string[];
    })[];
  };
  /** What this baseline is for, in a sentence for people. At most 1024 characters. Example: `what whatever runs in production owes`. */
  readonly description?: string;
  /** The materials a run owes or may hand in; names are unique. One that the Contract names too is owed if either side asks for it, and has the type that stands here. At most 64, also together with those of the Contract. */
  readonly materials?: readonly ({
    /** The name that `proviso add` uses: a DNS label of at most 63 characters, unique in the baseline. Example: `sbom`. */
    readonly name: string;
    /** What the content must be; the receiver checks it. ARTIFACT and EVIDENCE take any file, STRING a short text, CONTAINER_IMAGE a reference with a digest or an OCI layout. */
    readonly type: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
    /** What the material is, in a sentence for people; `proviso init` shows it. Example: `the report of the unit tests`. */
    readonly description?: string;
    /** Whether a run may go without it. Default false. Not together with `group`. */
    readonly optional?: boolean;
    /** Whether it is a product of the pipeline and so a subject of the attestation. Default false. */
    readonly output?: boolean;
    /** Materials with the same group are alternatives: at least one of them must be there. In what is merged it is named `<baseline>/<group>`. Example: `sbom`. */
    readonly group?: string;
    /** Whether to record the digest and keep no bytes, for very large files. Default false. Not for STRING, whose value is always recorded. */
    readonly skipUpload?: boolean;
    /** Whether what the schema of its format forbids is refused. Default true. With false the first thing that the schema forbids is written on the run instead (`status.materials[].tolerated`). Only for types with a published schema: AsyncAPI, CSAF, OpenAPI, CycloneDX and SPDX. */
    readonly strict?: boolean;
    /** Annotations of the material. One with a value is fixed here; one without must be given with `proviso add --annotation name=value`. */
    readonly annotations?: readonly {
      /** Its name: letters, digits and underscores, at most 63. Example: `suite`. */
      readonly name: string;
      /** The fixed value, at most 1024 characters. Absent or empty, the pipeline has to give one. Example: `high`. */
      readonly value?: string;
    }[];
    /** Who must have signed the image, with cosign, or the envelope of an attestation: any one match is enough. The signatures come along with it, and the receiver verifies them before it takes it. None listed: nobody. Only for the types CONTAINER_IMAGE, SLSA_PROVENANCE and ATTESTATION. At most 8. */
    readonly signers?: readonly ({
      /** A public key, PEM: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 4096 bits. Exactly one of `secretRef`, `configMapRef` and `inline`. */
      readonly key?: {
        /** A key of a Secret in Proviso's own namespace. */
        readonly secretRef?: {
          /** The name of the object. Example: `release-key`. */
          readonly name: string;
          /** The key inside it that holds the PEM. Example: `cosign.pub`. */
          readonly key: string;
        };
        /** A key of a ConfigMap in Proviso's own namespace. */
        readonly configMapRef?: {
          /** The name of the object. Example: `release-key`. */
          readonly name: string;
          /** The key inside it that holds the PEM. Example: `cosign.pub`. */
          readonly key: string;
        };
        /** The public key itself, PEM, starting with `-----BEGIN PUBLIC KEY-----`. At most 8192 characters. */
        readonly inline?: string;
        /** The key counts from then on, RFC 3339. With the end of another one later than this, a new key takes over without a gap. Absent: it always counted. Example: `2026-06-01T00:00:00Z`. */
        readonly validFrom?: string;
        /** The key counts until then, RFC 3339. Absent: it counts for ever. Example: `2026-07-01T00:00:00Z`. */
        readonly validUntil?: string;
      };
      /** Whoever holds a certificate of a Sigstore authority for this identity: its issuer, and its one subject alternative name, which is a URI, an email address, a DNS name or a username. */
      readonly keyless?: {
        /** The OIDC issuer, compared exactly. Example: `https://token.actions.githubusercontent.com`. */
        readonly issuer: string;
        /** The whole subject alternative name, compared exactly. Example: `https://github.com/o/r/.github/workflows/rel.yml@refs/heads/main`. */
        readonly subject?: string;
        /** The whole subject alternative name with `*` for any characters, also `/`; nothing else is special. Example: `https://github.com/o/r/.github/workflows/rel.yml@refs/tags/v*`. */
        readonly subjectGlob?: string;
        /** Facts that the authority must have written into the certificate, each compared exactly. Example: `sourceRepositoryRef` is `refs/heads/main`. */
        readonly claims?: readonly ({
          /** What is stated, by the name that Fulcio gives it. Example: `sourceRepositoryURI`. */
          readonly name: 'buildSignerURI' | 'buildSignerDigest' | 'runnerEnvironment' | 'sourceRepositoryURI' | 'sourceRepositoryDigest' | 'sourceRepositoryRef' | 'sourceRepositoryIdentifier' | 'sourceRepositoryOwnerURI' | 'sourceRepositoryOwnerIdentifier' | 'buildConfigURI' | 'buildConfigDigest' | 'buildTrigger' | 'runInvocationURI' | 'sourceRepositoryVisibility';
          /** What it must be, compared exactly. Example: `https://github.com/o/r`. */
          readonly value: string;
        })[];
        /** The TrustRoot that the certificate is checked against. Absent, the one that is marked as default. */
        readonly trustRootRef?: {
          /** The name of the TrustRoot. Example: `public-good`. */
          readonly name: string;
        };
      };
    })[];
  })[];
  /** Environment variables of the pipeline that are recorded; each must be set at init. Example: `GIT_BRANCH`. */
  readonly envAllowList?: readonly string[];
  /** Where the pipeline has to run, whatever the Contract says. Absent, the Contract decides. */
  readonly runner?: {
    /** The runner that a run must come from; another is refused at init. */
    readonly type: 'ARGO_WORKFLOW' | 'AZURE_PIPELINE' | 'BITBUCKET_PIPELINE' | 'BUILDKITE_BUILD' | 'CIRCLECI_BUILD' | 'DAGGER_PIPELINE' | 'DRONE_BUILD' | 'GENERIC' | 'GITHUB_ACTION' | 'GITLAB_PIPELINE' | 'JENKINS_JOB' | 'KUBERNETES_JOB' | 'TEAMCITY_PIPELINE' | 'TEKTON_PIPELINE';
    /** Whether the cluster has to know it by itself: by the pod of the token and what owns that, or by a token that the CI system has signed. What a pipeline only says of itself is refused at init then. Default false. */
    readonly proven?: boolean;
  };
  /** Annotations of the attestation as a whole. One with a value is fixed here; one without must be given with `proviso init --annotation name=value`. */
  readonly annotations?: readonly {
    /** Its name: letters, digits and underscores, at most 63. Example: `suite`. */
    readonly name: string;
    /** The fixed value, at most 1024 characters. Absent or empty, the pipeline has to give one. Example: `high`. */
    readonly value?: string;
  }[];
  /** Policies that judge materials and the attestation. They and their sources become a part of the revision, so a run is judged by what they were when it was opened. */
  readonly policies?: {
    /** Policies that judge single materials as they are added. At most 32. */
    readonly materials?: readonly ({
      /** The policy that is attached. */
      readonly ref: {
        /** A policy of the cluster, the only kind that a baseline can attach. Default ClusterPolicy. */
        readonly kind?: 'ClusterPolicy';
        /** The name of the policy. Example: `sbom-is-fresh`. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name. At most 32. Example: `maxAge: 24h`. */
      readonly with?: Readonly<Record<string, string>>;
      /** Which materials it judges. Absent, each of a kind the policy is for. */
      readonly selector?: {
        /** The name of a material of this baseline. Example: `sbom`. */
        readonly name?: string;
        /** The only type that it judges of those that the policy is for. */
        readonly type?: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
      };
      /** Whether a violation fails the run whatever `enforcement` says. Default false. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Default Warn. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
      /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
      readonly requirements?: readonly string[];
    })[];
    /** Policies that judge the attestation as a whole, at push. At most 32. */
    readonly attestation?: readonly ({
      /** The policy that is attached. */
      readonly ref: {
        /** A policy of the cluster, the only kind that a baseline can attach. Default ClusterPolicy. */
        readonly kind?: 'ClusterPolicy';
        /** The name of the policy. Example: `sbom-is-fresh`. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name. At most 32. Example: `maxAge: 24h`. */
      readonly with?: Readonly<Record<string, string>>;
      /** Which materials it judges. Absent, each of a kind the policy is for. */
      readonly selector?: {
        /** The name of a material of this baseline. Example: `sbom`. */
        readonly name?: string;
        /** The only type that it judges of those that the policy is for. */
        readonly type?: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
      };
      /** Whether a violation fails the run whatever `enforcement` says. Default false. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Default Warn. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
      /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
      readonly requirements?: readonly string[];
    })[];
  };
  /** Groups of policies that become part of this baseline, with the materials that they ask for. At most 16. */
  readonly policyGroups?: readonly ({
    /** The group that is taken in. */
    readonly ref: {
      /** A group of the cluster, the only kind that a baseline can take in. Default ClusterPolicyGroup. */
      readonly kind?: 'ClusterPolicyGroup';
      /** The name of the group. Example: `sbom-quality`. */
      readonly name: string;
    };
    /** Values for the group's inputs, by name. At most 32. Example: `sbomName: sbom`. */
    readonly with?: Readonly<Record<string, string>>;
    /** Names of policies of the group to leave out; one that isn't in the group is refused. At most 64. */
    readonly skip?: readonly string[];
    /** Whether a violation fails the run whatever `enforcement` says, where the group itself doesn't say for a policy. Default false. */
    readonly gate?: boolean;
    /** What a skipped evaluation means, where the group itself doesn't say for a policy: Allow, Warn or Block. Default Warn. */
    readonly onSkip?: 'Allow' | 'Warn' | 'Block';
    /** Whether to leave this group out. Default false. */
    readonly disabled?: boolean;
  })[];
  /** What a policy violation means. Enforce, the default, fails the run with reason PolicyViolation also where the Contract says Audit; Audit leaves it to the Contract. */
  readonly enforcement?: 'Enforce' | 'Audit';
  /** Who may sign the attestation; any one match is enough. A Contract that lists signers too may list only such as these allow: the same, or narrower ones. None listed: the Contract decides. */
  readonly signers?: readonly ({
    /** A public key, PEM: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 4096 bits. Exactly one of `secretRef`, `configMapRef` and `inline`. */
    readonly key?: {
      /** A key of a Secret in Proviso's own namespace. */
      readonly secretRef?: {
        /** The name of the object. Example: `release-key`. */
        readonly name: string;
        /** The key inside it that holds the PEM. Example: `cosign.pub`. */
        readonly key: string;
      };
      /** A key of a ConfigMap in Proviso's own namespace. */
      readonly configMapRef?: {
        /** The name of the object. Example: `release-key`. */
        readonly name: string;
        /** The key inside it that holds the PEM. Example: `cosign.pub`. */
        readonly key: string;
      };
      /** The public key itself, PEM, starting with `-----BEGIN PUBLIC KEY-----`. At most 8192 characters. */
      readonly inline?: string;
      /** The key counts from then on, RFC 3339. With the end of another one later than this, a new key takes over without a gap. Absent: it always counted. Example: `2026-06-01T00:00:00Z`. */
      readonly validFrom?: string;
      /** The key counts until then, RFC 3339. Absent: it counts for ever. Example: `2026-07-01T00:00:00Z`. */
      readonly validUntil?: string;
    };
    /** Whoever holds a certificate of a Sigstore authority for this identity: its issuer, and its one subject alternative name, which is a URI, an email address, a DNS name or a username. */
    readonly keyless?: {
      /** The OIDC issuer, compared exactly. Example: `https://token.actions.githubusercontent.com`. */
      readonly issuer: string;
      /** The whole subject alternative name, compared exactly. Example: `https://github.com/o/r/.github/workflows/rel.yml@refs/heads/main`. */
      readonly subject?: string;
      /** The whole subject alternative name with `*` for any characters, also `/`; nothing else is special. Example: `https://github.com/o/r/.github/workflows/rel.yml@refs/tags/v*`. */
      readonly subjectGlob?: string;
      /** Facts that the authority must have written into the certificate, each compared exactly. Example: `sourceRepositoryRef` is `refs/heads/main`. */
      readonly claims?: readonly ({
        /** What is stated, by the name that Fulcio gives it. Example: `sourceRepositoryURI`. */
        readonly name: 'buildSignerURI' | 'buildSignerDigest' | 'runnerEnvironment' | 'sourceRepositoryURI' | 'sourceRepositoryDigest' | 'sourceRepositoryRef' | 'sourceRepositoryIdentifier' | 'sourceRepositoryOwnerURI' | 'sourceRepositoryOwnerIdentifier' | 'buildConfigURI' | 'buildConfigDigest' | 'buildTrigger' | 'runInvocationURI' | 'sourceRepositoryVisibility';
        /** What it must be, compared exactly. Example: `https://github.com/o/r`. */
        readonly value: string;
      })[];
      /** The TrustRoot that the certificate is checked against. Absent, the one that is marked as default. */
      readonly trustRootRef?: {
        /** The name of the TrustRoot. Example: `public-good`. */
        readonly name: string;
      };
    };
  })[];
  /** How many different signers must have signed, in one envelope, each by an entry of the list of its own: two signatures of one key count once, and so do two identities that a single pattern takes. Of this and the Contract's the larger counts. Default 1. */
  readonly signerThreshold?: number;
  /** The longest that a run may take from init to push, `1m` to `720h`, in hours, minutes and seconds; a Contract may give less. Absent, the Contract decides. Example: `24h`. */
  readonly deadline?: string;
}

/** What the operator found; nobody else writes it. */
export interface ClusterContractStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** The number of the current revision. Going back to an earlier content makes that revision current again. */
  readonly revision?: number;
  /** The ControllerRevision in Proviso's own namespace that holds the current revision. Example: `cluster-production-3f9a01c2de`. */
  readonly revisionName?: string;
  /** SHA-256 of what the revision means. A ControllerRevision of that name with another content is refused. Example: `sha256:3f9a01c2de…`, 64 hexadecimal digits. */
  readonly revisionDigest?: string;
  /** What stands in the spec, or its default. One of Enforce and Audit. */
  readonly enforcement?: 'Enforce' | 'Audit';
  /** How many Workflows it governs. */
  readonly workflows?: number;
  /** How many of those have the current revision merged in, and had their last finished run accepted under it. */
  readonly compliant?: number;
  /** The keys and identities that the signers resolved to, in their order. */
  readonly signers?: readonly {
    /** `SHA256:` and the base64 SHA-256 of the key (SPKI, DER); absent for an identity. */
    readonly fingerprint?: string;
    /** The subject of a keyless signer, or its pattern; absent for a key. */
    readonly identity?: string;
    /** Where it came from. Example: `Secret release-key`, `TrustRoot public-good`. */
    readonly source?: string;
  }[];
  /** Ready is True when it is in force; while it is False, the Workflows that it governs are not Ready either. Stalled is True when nothing will change until somebody changes something; its reasons are KeyNotFound, KeyInvalid, TrustRootNotFound, PolicyNotFound, GroupNotFound, NameTaken and InvalidSpec. Ready is False with Reconciling for PolicyNotReady until the policy is, and for ProvisioningFailed, which is tried again. */
  readonly conditions?: readonly Condition[];
}

/** A ClusterPolicy is a rule of the organization over materials of some types or over the attestation; Contracts of every namespace and ClusterContracts attach it. */
export interface ClusterPolicy {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `ClusterPolicy`. */
  readonly kind?: string;
  /** What it judges, when, with which inputs, and where its source is. */
  readonly spec: ClusterPolicySpec;
  /** What is known of the source; nobody but the operator writes it. */
  readonly status?: ClusterPolicyStatus;
}

/** What it judges, when, with which inputs, and where its source is. */
export interface ClusterPolicySpec {
  /** What the policy is for, for people. At most 1024 characters. */
  readonly description?: string;
  /** The language of the source and what evaluates it. Default CEL. */
  readonly engine?: 'CEL' | 'Rego';
  /** The types of materials that it judges; exactly one of this and `attestation`. At most 64. */
  readonly kinds?: readonly ('ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP')[];
  /** Whether it judges the attestation as a whole instead of materials. Default false. */
  readonly attestation?: boolean;
  /** When it is evaluated. Default Add with `kinds`, Push with `attestation`. Add is for `kinds` alone, Init for `attestation` alone. */
  readonly phases?: readonly ('Init' | 'Add' | 'Push')[];
  /** What an attachment may give the policy under `with`. What isn't named here can't be given. At most 32. */
  readonly inputs?: readonly {
    /** What the source calls it. Example: `maxAge`. */
    readonly name: string;
    /** What it is for, for people. At most 256 characters. */
    readonly description?: string;
    /** What it is where an attachment gives nothing. At most 4096 characters. */
    readonly default?: string;
    /** Whether an attachment must give it. Default false. */
    readonly required?: boolean;
  }[];
  /** The rule itself, in the language of the engine: exactly one of `inline`, `configMapRef` and `oci`. */
  readonly source: {
    /** The text itself. At most 65536 characters (64 KiB). */
    readonly inline?: string;
    /** A key of a ConfigMap in Proviso's own namespace. */
    readonly configMapRef?: {
      /** The name of the ConfigMap. Example: `policies`. */
      readonly name: string;
      /** The key inside it that holds the text. Example: `sbom-is-fresh.cel`. */
      readonly key: string;
    };
    /** An artifact of an OCI registry whose one layer, of at most 1048576 bytes (1 MiB), is the text. */
    readonly oci?: {
      /** Its repository and the digest of its manifest, which fixes the text too. Example: `ghcr.io/example/policies@sha256:…`. */
      readonly reference: string;
    };
  };
}

/** What is known of the source; nobody but the operator writes it. */
export interface ClusterPolicyStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** What it judges, for people: the types of materials, or `attestation`. */
  readonly appliesTo?: string;
  /** `sha256:` and the SHA-256 of the source as it was last read, hex. Absent while it can't be read. */
  readonly sourceDigest?: string;
  /** The version of the program that evaluates it, where that is one. Example: `1.22.4`, of OPA. */
  readonly engineVersion?: string;
  /** How many Contracts of all namespaces and ClusterContracts attach it. */
  readonly usedBy?: {
    /** Number of them, counting attachments that are disabled too. */
    readonly contracts?: number;
    /** Number of them, counting attachments that are disabled too. */
    readonly clusterContracts?: number;
  };
  /** What it said of the runs of all namespaces that are in the cluster now, open ones too. What it wants to be ignored isn't counted. */
  readonly evaluations?: {
    /** Number of runs that it was asked of. */
    readonly runs: number;
    /** How often it was asked: of each material, and of the attestation. */
    readonly evaluated: number;
    /** How often it objected to something, whether or not a Waiver excuses that. */
    readonly violated: number;
    /** How often it isn't known what it says. */
    readonly failed: number;
    /** When it last objected to something, RFC 3339. Absent, to nothing in these runs. */
    readonly lastViolationTime?: string;
  };
  /** Ready is True with reason Ready when the source was read and its engine can evaluate it. Stalled is True with reason SourceNotFound, SourceInvalid, EngineUnavailable or InvalidSpec. Reconciling is True with reason FetchFailed while a registry doesn't give the artifact, or ProvisioningFailed; both are tried again. */
  readonly conditions?: readonly Condition[];
}

/** A ClusterPolicyGroup is a set of the organization's policies that belong together, with the materials that they judge; Contracts of every namespace and ClusterContracts take it in as a whole, and give it its inputs. */
export interface ClusterPolicyGroup {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `ClusterPolicyGroup`. */
  readonly kind?: string;
  /** What it asks for, by which policies that is judged, and what can be given to it. */
  readonly spec: ClusterPolicyGroupSpec;
  /** What the operator found; nobody else writes it. */
  readonly status?: ClusterPolicyGroupStatus;
}

/** What it asks for, by which policies that is judged, and what can be given to it. */
export interface ClusterPolicyGroupSpec {
  /** What the group is for, for people. At most 1024 characters. */
  readonly description?: string;
  /** What a contract may give the group under `with`. What isn't named here can't be given. At most 32. */
  readonly inputs?: readonly {
    /** What templates call it, as in `{{ inputs.sbomName }}`. Example: `sbomName`. */
    readonly name: string;
    /** What it is for, for people. At most 256 characters. */
    readonly description?: string;
    /** What it is where a contract gives nothing. At most 4096 characters. */
    readonly default?: string;
    /** Whether a contract must give it. Default false. */
    readonly required?: boolean;
  }[];
  /** Materials, or types of them, and the policies that judge them. At most 32. */
  readonly materials?: readonly ({
    /** The material becomes one of the contract under this name, which may have templates of inputs. Absent, none is asked for, and the policies judge each of the type. Example: `sbom`. */
    readonly name?: string;
    /** Its type, as a contract has it. */
    readonly type: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
    /** Whether a run may do without it. Default false. */
    readonly optional?: boolean;
    /** The policies that judge it. At most 32. */
    readonly policies?: readonly ({
      /** The policy that is attached. */
      readonly ref: {
        /** A policy of the cluster, the only kind that a group of the cluster can attach. Default ClusterPolicy. */
        readonly kind?: 'ClusterPolicy';
        /** The name of the policy, by which a contract can skip it. Example: `sbom-is-fresh`. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name; they may have templates of the group's inputs. At most 32. Example: `maxAge: '{{ inputs.maxAge }}'`. */
      readonly with?: Readonly<Record<string, string>>;
      /** Whether a violation fails the run whatever `enforcement` says. Absent, what the contract says of the group. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Absent, what the contract says of the group. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
      /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
      readonly requirements?: readonly string[];
    })[];
  })[];
  /** Policies that judge the attestation as a whole. At most 32. */
  readonly attestation?: readonly ({
    /** The policy that is attached. */
    readonly ref: {
      /** A policy of the cluster, the only kind that a group of the cluster can attach. Default ClusterPolicy. */
      readonly kind?: 'ClusterPolicy';
      /** The name of the policy, by which a contract can skip it. Example: `sbom-is-fresh`. */
      readonly name: string;
    };
    /** Values for the policy's inputs, by name; they may have templates of the group's inputs. At most 32. Example: `maxAge: '{{ inputs.maxAge }}'`. */
    readonly with?: Readonly<Record<string, string>>;
    /** Whether a violation fails the run whatever `enforcement` says. Absent, what the contract says of the group. */
    readonly gate?: boolean;
    /** What a skipped evaluation means: Allow, Warn or Block. Absent, what the contract says of the group. */
    readonly onSkip?: 'Allow' | 'Warn' | 'Block';
    /** Whether to leave this attachment out. Default false. */
    readonly disabled?: boolean;
    /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
    readonly requirements?: readonly string[];
  })[];
}

/** What the operator found; nobody else writes it. */
export interface ClusterPolicyGroupStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** How many policies it attaches, each counted once. */
  readonly policies?: number;
  /** How many materials it asks for by name. */
  readonly materials?: number;
  /** How many Contracts of all namespaces and ClusterContracts use it. */
  readonly usedBy?: {
    /** Number of them, counting attachments that are disabled too. */
    readonly contracts?: number;
    /** Number of them, counting attachments that are disabled too. */
    readonly clusterContracts?: number;
  };
  /** Ready is True with reason Ready when contracts can use the group; its message names policies that aren't there yet. Stalled is True with reason InvalidSpec while a template isn't one, or names no input. */
  readonly conditions?: readonly Condition[];
}

/** A Contract says what evidence each run of a pipeline owes: which materials of which type, with which annotations, signed by whom, and how soon. Workflows name it; a run is pinned to the revision it was opened with. Who may create Contracts in a namespace decides what is trusted there. */
export interface Contract {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Contract`. */
  readonly kind?: string;
  /** What a run owes. Changing it makes a new revision; runs that are open keep the one they were opened with. */
  readonly spec: ContractSpec;
  /** What the operator found; nobody else writes it. */
  readonly status?: ContractStatus;
}

/** What a run owes. Changing it makes a new revision; runs that are open keep the one they were opened with. */
export interface ContractSpec {
  /** What this contract is for, in a sentence for people. At most 1024 characters. Example: `what the release pipeline owes`. */
  readonly description?: string;
  /** The materials a run owes or may hand in; names are unique. A run may add others, which are recorded too but not asked for. At most 64. */
  readonly materials?: readonly ContractSpecMaterial[];
  /** Environment variables of the pipeline that are recorded; each must be set at init. Example: `GIT_BRANCH`. */
  readonly envAllowList?: readonly string[];
  /** Where the pipeline has to run. Absent, anywhere. */
  readonly runner?: {
    /** The runner that a run must come from; another is refused at init. */
    readonly type: 'ARGO_WORKFLOW' | 'AZURE_PIPELINE' | 'BITBUCKET_PIPELINE' | 'BUILDKITE_BUILD' | 'CIRCLECI_BUILD' | 'DAGGER_PIPELINE' | 'DRONE_BUILD' | 'GENERIC' | 'GITHUB_ACTION' | 'GITLAB_PIPELINE' | 'JENKINS_JOB' | 'KUBERNETES_JOB' | 'TEAMCITY_PIPELINE' | 'TEKTON_PIPELINE';
    /** Whether the cluster has to know it by itself: by the pod of the token and what owns that, or by a token that the CI system has signed. What a pipeline only says of itself is refused at init then. Default false. */
    readonly proven?: boolean;
  };
  /** Annotations of the attestation as a whole. One with a value is fixed by the contract; one without must be given with `proviso init --annotation name=value`. */
  readonly annotations?: readonly {
    /** Its name: letters, digits and underscores, at most 63. Example: `suite`. */
    readonly name: string;
    /** The fixed value, at most 1024 characters. Absent or empty, the pipeline has to give one. Example: `high`. */
    readonly value?: string;
  }[];
  /** Policies that judge materials and the attestation. They and their sources become a part of the revision, so a run is judged by what they were when it was opened. */
  readonly policies?: {
    /** Policies that judge single materials as they are added. At most 32. */
    readonly materials?: readonly ({
      /** The policy that is attached. */
      readonly ref: {
        /** Policy, in this namespace, or ClusterPolicy. Default Policy. */
        readonly kind?: 'Policy' | 'ClusterPolicy';
        /** The name of the policy. Example: `sbom-is-fresh`. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name. At most 32. Example: `maxAge: 24h`. */
      readonly with?: Readonly<Record<string, string>>;
      /** Which materials it judges. Absent, each of a kind the policy is for. */
      readonly selector?: {
        /** The name of a material of this contract. Example: `sbom`. */
        readonly name?: string;
        /** The only type that it judges of those that the policy is for. */
        readonly type?: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
      };
      /** Whether a violation fails the run whatever `enforcement` says. Default false. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Default Warn. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
      /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
      readonly requirements?: readonly string[];
    })[];
    /** Policies that judge the attestation as a whole, at push. At most 32. */
    readonly attestation?: readonly ({
      /** The policy that is attached. */
      readonly ref: {
        /** Policy, in this namespace, or ClusterPolicy. Default Policy. */
        readonly kind?: 'Policy' | 'ClusterPolicy';
        /** The name of the policy. Example: `sbom-is-fresh`. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name. At most 32. Example: `maxAge: 24h`. */
      readonly with?: Readonly<Record<string, string>>;
      /** Which materials it judges. Absent, each of a kind the policy is for. */
      readonly selector?: {
        /** The name of a material of this contract. Example: `sbom`. */
        readonly name?: string;
        /** The only type that it judges of those that the policy is for. */
        readonly type?: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
      };
      /** Whether a violation fails the run whatever `enforcement` says. Default false. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Default Warn. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
      /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
      readonly requirements?: readonly string[];
    })[];
  };
  /** Groups of policies that become part of this contract, with the materials that they ask for. At most 16. */
  readonly policyGroups?: readonly ({
    /** The group that is taken in. */
    readonly ref: {
      /** PolicyGroup, in this namespace, or ClusterPolicyGroup. Default PolicyGroup. */
      readonly kind?: 'PolicyGroup' | 'ClusterPolicyGroup';
      /** The name of the group. Example: `sbom-quality`. */
      readonly name: string;
    };
    /** Values for the group's inputs, by name. At most 32. Example: `sbomName: sbom`. */
    readonly with?: Readonly<Record<string, string>>;
    /** Names of policies of the group to leave out; one that isn't in the group is refused. At most 64. */
    readonly skip?: readonly string[];
    /** Whether a violation fails the run whatever `enforcement` says, where the group itself doesn't say for a policy. Default false. */
    readonly gate?: boolean;
    /** What a skipped evaluation means, where the group itself doesn't say for a policy: Allow, Warn or Block. Default Warn. */
    readonly onSkip?: 'Allow' | 'Warn' | 'Block';
    /** Whether to leave this group out. Default false. */
    readonly disabled?: boolean;
  })[];
  /** What a policy violation means. Enforce, the default, fails the run with reason PolicyViolation; Audit accepts it with reason AcceptedWithViolations. */
  readonly enforcement?: 'Enforce' | 'Audit';
  /** Who may sign the attestation; any one match is enough. None listed: the identity that opened the run, with a certificate of the cluster's own authority, which `proviso push` gets by itself. */
  readonly signers?: readonly ContractSpecSigner[];
  /** How many different signers must have signed, in one envelope, each by an entry of the list of its own: two signatures of one key count once, and so do two identities that a single pattern takes. Default 1. */
  readonly signerThreshold?: number;
  /** How long a run may take from init to push, `1m` to `720h`, in hours, minutes and seconds; then it is Expired. Default `1h`. Example: `1h30m`. */
  readonly deadline?: string;
}

/** One material that a run owes, or may hand in if it is optional. */
export interface ContractSpecMaterial {
  /** The name that `proviso add` uses: a DNS label of at most 63 characters, unique in the contract. Example: `sbom`. */
  readonly name: string;
  /** What the content must be; the receiver checks it. ARTIFACT and EVIDENCE take any file, STRING a short text, CONTAINER_IMAGE a reference with a digest or an OCI layout. */
  readonly type: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
  /** What the material is, in a sentence for people; `proviso init` shows it. Example: `the report of the unit tests`. */
  readonly description?: string;
  /** Whether a run may go without it. Default false. Not together with `group`. */
  readonly optional?: boolean;
  /** Whether it is a product of the pipeline and so a subject of the attestation. Default false. */
  readonly output?: boolean;
  /** Materials with the same group are alternatives: at least one of them must be there. Example: `sbom`. */
  readonly group?: string;
  /** Whether to record the digest and keep no bytes, for very large files. Default false. Not for STRING, whose value is always recorded. */
  readonly skipUpload?: boolean;
  /** Whether what the schema of its format forbids is refused. Default true. With false the first thing that the schema forbids is written on the run instead (`status.materials[].tolerated`). Only for types with a published schema: AsyncAPI, CSAF, OpenAPI, CycloneDX and SPDX. */
  readonly strict?: boolean;
  /** Annotations of the material. One with a value is fixed by the contract; one without must be given with `proviso add --annotation name=value`. */
  readonly annotations?: readonly {
    /** Its name: letters, digits and underscores, at most 63. Example: `suite`. */
    readonly name: string;
    /** The fixed value, at most 1024 characters. Absent or empty, the pipeline has to give one. Example: `high`. */
    readonly value?: string;
  }[];
  /** Who must have signed the image, with cosign, or the envelope of an attestation: any one match is enough. The signatures come along with it, and the receiver verifies them before it takes it. None listed: nobody. Only for the types CONTAINER_IMAGE, SLSA_PROVENANCE and ATTESTATION. At most 8. */
  readonly signers?: readonly ContractSpecSigner[];
}

/** One signer: exactly one of `key` and `keyless`. */
export interface ContractSpecSigner {
  /** A public key, PEM: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 4096 bits. Exactly one of `secretRef`, `configMapRef` and `inline`. */
  readonly key?: ContractSpecKey;
  /** Whoever holds a certificate of a Sigstore authority for this identity: its issuer, and its one subject alternative name, which is a URI, an email address, a DNS name or a username. */
  readonly keyless?: {
    /** The OIDC issuer, compared exactly. Example: `https://token.actions.githubusercontent.com`. */
    readonly issuer: string;
    /** The whole subject alternative name, compared exactly. Example: `https://github.com/o/r/.github/workflows/rel.yml@refs/heads/main`. */
    readonly subject?: string;
    /** The whole subject alternative name with `*` for any characters, also `/`; nothing else is special. Example: `https://github.com/o/r/.github/workflows/rel.yml@refs/tags/v*`. */
    readonly subjectGlob?: string;
    /** Facts that the authority must have written into the certificate, each compared exactly. Example: `sourceRepositoryRef` is `refs/heads/main`. */
    readonly claims?: readonly ({
      /** What is stated, by the name that Fulcio gives it. Example: `sourceRepositoryURI`. */
      readonly name: 'buildSignerURI' | 'buildSignerDigest' | 'runnerEnvironment' | 'sourceRepositoryURI' | 'sourceRepositoryDigest' | 'sourceRepositoryRef' | 'sourceRepositoryIdentifier' | 'sourceRepositoryOwnerURI' | 'sourceRepositoryOwnerIdentifier' | 'buildConfigURI' | 'buildConfigDigest' | 'buildTrigger' | 'runInvocationURI' | 'sourceRepositoryVisibility';
      /** What it must be, compared exactly. Example: `https://github.com/o/r`. */
      readonly value: string;
    })[];
    /** The TrustRoot that the certificate is checked against. Absent, the one that is marked as default. */
    readonly trustRootRef?: {
      /** The name of the TrustRoot. Example: `public-good`. */
      readonly name: string;
    };
  };
}

/** A public key, PEM: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 4096 bits. Exactly one of `secretRef`, `configMapRef` and `inline`. */
export interface ContractSpecKey {
  /** A key of a Secret in this namespace. */
  readonly secretRef?: {
    /** The name of the object. Example: `release-key`. */
    readonly name: string;
    /** The key inside it that holds the PEM. Example: `cosign.pub`. */
    readonly key: string;
  };
  /** A key of a ConfigMap in this namespace. */
  readonly configMapRef?: {
    /** The name of the object. Example: `release-key`. */
    readonly name: string;
    /** The key inside it that holds the PEM. Example: `cosign.pub`. */
    readonly key: string;
  };
  /** The public key itself, PEM, starting with `-----BEGIN PUBLIC KEY-----`. At most 8192 characters. */
  readonly inline?: string;
  /** The key counts from then on, RFC 3339. With the end of another one later than this, a new key takes over without a gap. Absent: it always counted. Example: `2026-06-01T00:00:00Z`. */
  readonly validFrom?: string;
  /** The key counts until then, RFC 3339. Absent: it counts for ever. Example: `2026-07-01T00:00:00Z`. */
  readonly validUntil?: string;
}

/** What the operator found; nobody else writes it. */
export interface ContractStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** The number of the current revision. Going back to an earlier content makes that revision current again. */
  readonly revision?: number;
  /** The ControllerRevision that holds the current revision. Example: `release-3f9a01c2de`. */
  readonly revisionName?: string;
  /** SHA-256 of what the revision means. A ControllerRevision of that name with another content is refused. Example: `sha256:3f9a01c2de…`, 64 hexadecimal digits. */
  readonly revisionDigest?: string;
  /** How many materials the contract lists. */
  readonly materials?: number;
  /** How many Workflows in this namespace use the contract. */
  readonly workflows?: number;
  /** The keys and identities that the signers resolved to, in their order. */
  readonly signers?: readonly {
    /** `SHA256:` and the base64 SHA-256 of the key (SPKI, DER); absent for an identity. */
    readonly fingerprint?: string;
    /** The subject of a keyless signer, or its pattern; absent for a key. */
    readonly identity?: string;
    /** Where it came from. Example: `Secret release-key`, `TrustRoot public-good`. */
    readonly source?: string;
  }[];
  /** Ready is True when runs may be opened with the contract. Stalled is True when nothing will change until somebody changes something; its reasons are KeyNotFound, KeyInvalid, TrustRootNotFound, PolicyNotFound, GroupNotFound, NameTaken and InvalidSpec. Ready is False with Reconciling for PolicyNotReady until the policy is, and for ProvisioningFailed, which is tried again. */
  readonly conditions?: readonly Condition[];
}

/** An EvidenceStore is where the bytes of materials and attestations live, addressed by their SHA-256. The operator probes it by writing, reading and removing a small object. */
export interface EvidenceStore {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `EvidenceStore`. */
  readonly kind?: string;
  /** Where the store is, and who may use it: exactly one provider. */
  readonly spec: EvidenceStoreSpec;
  /** What the last probe found; nobody but the operator writes it. */
  readonly status?: EvidenceStoreStatus;
}

/** Where the store is, and who may use it: exactly one provider. */
export interface EvidenceStoreSpec {
  /** Whether workflows that name no store use this one. Default false. Of two, the older one counts. */
  readonly default?: boolean;
  /** Whether new runs of workflows that name no store go here while the default can't be written. Default false. Of two, the older one counts. */
  readonly fallback?: boolean;
  /** The largest object it takes, in bytes. Default 10737418240 (10 GiB). Example: `1073741824`. */
  readonly maxBlobSize?: number;
  /** Another store that everything is copied to. Once it is, that store serves the name of this one, which can't be undone. */
  readonly movedTo?: {
    /** The other EvidenceStore; it serves at least the same namespaces. Example: `bucket`. */
    readonly name: string;
    /** Whether it is moved though objects are damaged or missing, which are lost with this store then. Default false. */
    readonly leaveDamaged?: boolean;
  };
  /** The namespaces whose workflows may use it, by label. Default: all of them. */
  readonly namespaces?: {
    /** Labels that the namespace must carry, each with this value; 1 to 16. Example: `team: payments`. */
    readonly matchLabels?: Readonly<Record<string, string>>;
  };
  /** How long runs stay in the archive after they left the cluster, and their evidence in this store. Default: for ever. Each rule keeps, and so does `spec.retention` of a Workflow for its own runs: a run is removed when none of them keeps it. */
  readonly retention?: {
    /** Runs that finished less than this ago are kept; at least `1h`. Example: `2160h`, some three months. */
    readonly keepFor?: string;
    /** The same for runs that were accepted. Default: `keepFor`. Example: `17520h`, two years. */
    readonly keepAcceptedFor?: string;
    /** So many of the newest runs of each workflow are kept, however old they are. Default 0. Example: `20`. */
    readonly keepLast?: number;
    /** `Enforce` removes what no rule keeps, `Audit` only lists it in `proviso archive retention`. Default `Enforce`. */
    readonly enforcement?: 'Enforce' | 'Audit';
  };
  /** A directory that operator and receiver see under the same path, for example a mounted volume. */
  readonly filesystem?: {
    /** An absolute path without `.` and `..` parts. Example: `/var/lib/proviso/evidence`. */
    readonly path: string;
  };
  /** A bucket of Amazon S3 or of a server that speaks its protocol. Who Proviso is there is said by exactly one of `credentialsSecretRef` and `webIdentity`. */
  readonly s3?: EvidenceStoreS3;
  /** A repository of an OCI registry. Each object is a blob there, with a manifest and a tag of its own that keep it from being collected as garbage. */
  readonly oci?: EvidenceStoreOci;
}

/** A bucket of Amazon S3 or of a server that speaks its protocol. Who Proviso is there is said by exactly one of `credentialsSecretRef` and `webIdentity`. */
export interface EvidenceStoreS3 {
  /** The bucket; it has to be there already. Example: `proviso-evidence`. */
  readonly bucket: string;
  /** What the keys of all objects begin with, with a slash at its end. Default: nothing. Example: `prod/evidence/`. */
  readonly prefix?: string;
  /** The region of the bucket. Default `us-east-1`, which many other servers expect too. Example: `eu-central-1`. */
  readonly region?: string;
  /** Where the server is, if it isn't Amazon's. Keys never go over the wire, but with http evidence and session tokens do so in the open. Example: `https://minio.storage.svc:9000`. */
  readonly endpoint?: string;
  /** Whether the bucket stands in the path of a URL and not before the host's name, as most servers but Amazon's need it. Default false. */
  readonly forcePathStyle?: boolean;
  /** Certificates, PEM, that the server's own certificate is checked against instead of the public ones, for a server inside a company. At most 65536 characters. */
  readonly ca?: string;
  /** A Secret in Proviso's own namespace with the keys `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, of temporary credentials, `AWS_SESSION_TOKEN`. The receiver must be allowed to read it by name; it is that of `proviso-evidence-credentials`. */
  readonly credentialsSecretRef?: {
    /** The name of the Secret. Example: `proviso-evidence-credentials`. */
    readonly name: string;
  };
  /** The pods' own identity: their token in the file that AWS_WEB_IDENTITY_TOKEN_FILE names is exchanged for temporary credentials (AssumeRoleWithWebIdentity). */
  readonly webIdentity?: {
    /** The role to assume. Example: `arn:aws:iam::123456789012:role/proviso`. */
    readonly roleArn: string;
  };
  /** Lets who may read evidence get a signed URL of the bucket for it. Whoever has such a URL can read that one object until it expires, whatever becomes of the rights meanwhile. Absent, none are given. */
  readonly signedUrls?: {
    /** How long a URL is good, `1m` to `1h`, in hours, minutes and seconds. Example: `5m`. */
    readonly expiry: string;
  };
}

/** A repository of an OCI registry. Each object is a blob there, with a manifest and a tag of its own that keep it from being collected as garbage. */
export interface EvidenceStoreOci {
  /** The host of the registry and the name of a repository that nobody else uses. Example: `ghcr.io/example/proviso-evidence`. */
  readonly repository: string;
  /** Whether the registry is asked without TLS, though it isn't on this machine. Logins and evidence then go over the wire in the open. Default false. */
  readonly plainHttp?: boolean;
  /** Certificates, PEM, that the registry's own certificate is checked against instead of the public ones, for a registry inside a company. At most 65536 characters. */
  readonly ca?: string;
  /** A Secret of type `kubernetes.io/dockerconfigjson` in Proviso's own namespace, with a login for the registry. Absent, nothing is shown to it. The receiver must be allowed to read it by name; it is that of `proviso-evidence-registry`. */
  readonly credentialsSecretRef?: {
    /** The name of the Secret. Example: `proviso-evidence-registry`. */
    readonly name: string;
  };
}

/** What the last probe found; nobody but the operator writes it. */
export interface EvidenceStoreStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** The kind of the store. Example: `Filesystem`. */
  readonly provider?: string;
  /** When it was last probed, RFC 3339. */
  readonly lastCheckTime?: string;
  /** How far it is with moving the store. */
  readonly move?: {
    /** The store that it is copied to. Example: `bucket`. */
    readonly to: string;
    /** How many objects were copied since the move began. */
    readonly copied?: number;
    /** How large those are together, in bytes. */
    readonly bytes?: number;
    /** How many of those that were looked at last the other store had already. */
    readonly present?: number;
    /** How many of them are damaged, and weren't copied. */
    readonly damaged?: number;
    /** How many of them are larger than the other store takes, and weren't copied. */
    readonly tooLarge?: number;
    /** How many objects that runs refer to are in neither of the stores. */
    readonly missing?: number;
    /** When the last look at all of its objects began that came to an end, RFC 3339. */
    readonly passTime?: string;
    /** Since when this store's own place isn't needed any more, RFC 3339; about a day after it was moved, for uploads that were on their way. Its EvidenceStore still is, as long as there are runs that name it. */
    readonly completedTime?: string;
  };
  /** Ready is True when the last probe wrote, read and removed an object. Stalled is True with reason ProbeFailed, with the provider's own words, or InvalidSpec, when another store is the default or the fallback already. Moved is True with reason Copied once everything was copied to the store that spec.movedTo names, and that one serves the name: Ready is what it is then, else False with TargetNotReady or StoreNotFound. While Moved is False the store serves itself, and the reason is Copying, or what stands in the way: MoveRefused, TargetNotReady, CopyFailed, ObjectsMissing, ObjectsDamaged, ObjectsTooLarge. */
  readonly conditions?: readonly Condition[];
}

/** A Policy is a rule over materials of some types or over the attestation; Contracts of its namespace attach it. */
export interface Policy {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Policy`. */
  readonly kind?: string;
  /** What it judges, when, with which inputs, and where its source is. */
  readonly spec: PolicySpec;
  /** What is known of the source; nobody but the operator writes it. */
  readonly status?: PolicyStatus;
}

/** What it judges, when, with which inputs, and where its source is. */
export interface PolicySpec {
  /** What the policy is for, for people. At most 1024 characters. */
  readonly description?: string;
  /** The language of the source and what evaluates it. Default CEL. */
  readonly engine?: 'CEL' | 'Rego';
  /** The types of materials that it judges; exactly one of this and `attestation`. At most 64. */
  readonly kinds?: readonly ('ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP')[];
  /** Whether it judges the attestation as a whole instead of materials. Default false. */
  readonly attestation?: boolean;
  /** When it is evaluated. Default Add with `kinds`, Push with `attestation`. Add is for `kinds` alone, Init for `attestation` alone. */
  readonly phases?: readonly ('Init' | 'Add' | 'Push')[];
  /** What an attachment may give the policy under `with`. What isn't named here can't be given. At most 32. */
  readonly inputs?: readonly {
    /** What the source calls it. Example: `maxAge`. */
    readonly name: string;
    /** What it is for, for people. At most 256 characters. */
    readonly description?: string;
    /** What it is where an attachment gives nothing. At most 4096 characters. */
    readonly default?: string;
    /** Whether an attachment must give it. Default false. */
    readonly required?: boolean;
  }[];
  /** The rule itself, in the language of the engine: exactly one of `inline`, `configMapRef` and `oci`. */
  readonly source: PolicySource;
}

/** The rule itself, in the language of the engine: exactly one of `inline`, `configMapRef` and `oci`. */
export interface PolicySource {
  /** The text itself. At most 65536 characters (64 KiB). */
  readonly inline?: string;
  /** A key of a ConfigMap in the namespace of the Policy. */
  readonly configMapRef?: {
    /** The name of the ConfigMap. Example: `policies`. */
    readonly name: string;
    /** The key inside it that holds the text. Example: `sbom-is-fresh.cel`. */
    readonly key: string;
  };
  /** An artifact of an OCI registry whose one layer, of at most 1048576 bytes (1 MiB), is the text. */
  readonly oci?: {
    /** Its repository and the digest of its manifest, which fixes the text too. The registry must not be the machine that the operator runs on. Example: `ghcr.io/example/policies@sha256:…`. */
    readonly reference: string;
  };
}

/** What is known of the source; nobody but the operator writes it. */
export interface PolicyStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** What it judges, for people: the types of materials, or `attestation`. */
  readonly appliesTo?: string;
  /** `sha256:` and the SHA-256 of the source as it was last read, hex. Absent while it can't be read. */
  readonly sourceDigest?: string;
  /** The version of the program that evaluates it, where that is one. Example: `1.22.4`, of OPA. */
  readonly engineVersion?: string;
  /** How many Contracts of its namespace attach it. */
  readonly usedBy?: {
    /** Number of them, counting attachments that are disabled too. */
    readonly contracts?: number;
  };
  /** What it said of the runs of its namespace that are in the cluster now, open ones too. What it wants to be ignored isn't counted. */
  readonly evaluations?: {
    /** Number of runs that it was asked of. */
    readonly runs: number;
    /** How often it was asked: of each material, and of the attestation. */
    readonly evaluated: number;
    /** How often it objected to something, whether or not a Waiver excuses that. */
    readonly violated: number;
    /** How often it isn't known what it says. */
    readonly failed: number;
    /** When it last objected to something, RFC 3339. Absent, to nothing in these runs. */
    readonly lastViolationTime?: string;
  };
  /** Ready is True with reason Ready when the source was read and its engine can evaluate it. Stalled is True with reason SourceNotFound, SourceInvalid, EngineUnavailable or InvalidSpec. Reconciling is True with reason FetchFailed while a registry doesn't give the artifact, or ProvisioningFailed; both are tried again. */
  readonly conditions?: readonly Condition[];
}

/** A PolicyGroup is a set of policies that belong together, with the materials that they judge; Contracts of its namespace take it in as a whole, and give it its inputs. */
export interface PolicyGroup {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `PolicyGroup`. */
  readonly kind?: string;
  /** What it asks for, by which policies that is judged, and what can be given to it. */
  readonly spec: PolicyGroupSpec;
  /** What the operator found; nobody else writes it. */
  readonly status?: PolicyGroupStatus;
}

/** What it asks for, by which policies that is judged, and what can be given to it. */
export interface PolicyGroupSpec {
  /** What the group is for, for people. At most 1024 characters. */
  readonly description?: string;
  /** What a contract may give the group under `with`. What isn't named here can't be given. At most 32. */
  readonly inputs?: readonly {
    /** What templates call it, as in `{{ inputs.sbomName }}`. Example: `sbomName`. */
    readonly name: string;
    /** What it is for, for people. At most 256 characters. */
    readonly description?: string;
    /** What it is where a contract gives nothing. At most 4096 characters. */
    readonly default?: string;
    /** Whether a contract must give it. Default false. */
    readonly required?: boolean;
  }[];
  /** Materials, or types of them, and the policies that judge them. At most 32. */
  readonly materials?: readonly ({
    /** The material becomes one of the contract under this name, which may have templates of inputs. Absent, none is asked for, and the policies judge each of the type. Example: `sbom`. */
    readonly name?: string;
    /** Its type, as a contract has it. */
    readonly type: 'ARTIFACT' | 'ASYNCAPI_SPEC' | 'ATTESTATION' | 'BLACKDUCK_SCA_JSON' | 'CERTCC_DRANZER' | 'CHAINLOOP_AI_AGENT_CONFIG' | 'CHAINLOOP_AI_CODING_SESSION' | 'CHAINLOOP_PR_INFO' | 'CHAINLOOP_RUNNER_CONTEXT' | 'CHECKMARX_JSON' | 'COBERTURA_XML' | 'CONTAINER_IMAGE' | 'CSAF_INFORMATIONAL_ADVISORY' | 'CSAF_SECURITY_ADVISORY' | 'CSAF_SECURITY_INCIDENT_RESPONSE' | 'CSAF_VEX' | 'EVIDENCE' | 'GHAS_CODE_SCAN' | 'GHAS_DEPENDENCY_SCAN' | 'GHAS_SECRET_SCAN' | 'GITLAB_SECURITY_REPORT' | 'GITLEAKS_JSON' | 'GRAPHQL_SPEC' | 'HELM_CHART' | 'JACOCO_XML' | 'JUNIT_XML' | 'OPENAPI_SPEC' | 'OPENVEX' | 'OSSF_SCORECARD_JSON' | 'RADAMSA_CRASHES' | 'RADAMSA_REPORT' | 'SARIF' | 'SBOM_CYCLONEDX_JSON' | 'SBOM_SPDX_JSON' | 'SLSA_PROVENANCE' | 'STRING' | 'SYSINTERNALS_ACCESSCHK' | 'SYSINTERNALS_SIGCHECK' | 'TRUFFLEHOG_JSON' | 'TWISTCLI_SCAN_JSON' | 'YELP_DETECT_SECRETS_BASELINE' | 'ZAP_DAST_ZIP';
    /** Whether a run may do without it. Default false. */
    readonly optional?: boolean;
    /** The policies that judge it. At most 32. */
    readonly policies?: readonly ({
      /** The policy that is attached. */
      readonly ref: {
        /** Policy, in this namespace, or ClusterPolicy. Default Policy. */
        readonly kind?: 'Policy' | 'ClusterPolicy';
        /** The name of the policy, by which a contract can skip it. Example: `sbom-is-fresh`. */
        readonly name: string;
      };
      /** Values for the policy's inputs, by name; they may have templates of the group's inputs. At most 32. Example: `maxAge: '{{ inputs.maxAge }}'`. */
      readonly with?: Readonly<Record<string, string>>;
      /** Whether a violation fails the run whatever `enforcement` says. Absent, what the contract says of the group. */
      readonly gate?: boolean;
      /** What a skipped evaluation means: Allow, Warn or Block. Absent, what the contract says of the group. */
      readonly onSkip?: 'Allow' | 'Warn' | 'Block';
      /** Whether to leave this attachment out. Default false. */
      readonly disabled?: boolean;
      /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
      readonly requirements?: readonly string[];
    })[];
  })[];
  /** Policies that judge the attestation as a whole. At most 32. */
  readonly attestation?: readonly ({
    /** The policy that is attached. */
    readonly ref: {
      /** Policy, in this namespace, or ClusterPolicy. Default Policy. */
      readonly kind?: 'Policy' | 'ClusterPolicy';
      /** The name of the policy, by which a contract can skip it. Example: `sbom-is-fresh`. */
      readonly name: string;
    };
    /** Values for the policy's inputs, by name; they may have templates of the group's inputs. At most 32. Example: `maxAge: '{{ inputs.maxAge }}'`. */
    readonly with?: Readonly<Record<string, string>>;
    /** Whether a violation fails the run whatever `enforcement` says. Absent, what the contract says of the group. */
    readonly gate?: boolean;
    /** What a skipped evaluation means: Allow, Warn or Block. Absent, what the contract says of the group. */
    readonly onSkip?: 'Allow' | 'Warn' | 'Block';
    /** Whether to leave this attachment out. Default false. */
    readonly disabled?: boolean;
    /** The requirements of frameworks that the policy is evidence for, as they are named there; they are told with what it said. Example: `soc2/CC7.1`. At most 16. */
    readonly requirements?: readonly string[];
  })[];
}

/** What the operator found; nobody else writes it. */
export interface PolicyGroupStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** How many policies it attaches, each counted once. */
  readonly policies?: number;
  /** How many materials it asks for by name. */
  readonly materials?: number;
  /** How many Contracts of its namespace use it. */
  readonly usedBy?: {
    /** Number of them, counting attachments that are disabled too. */
    readonly contracts?: number;
  };
  /** Ready is True with reason Ready when contracts can use the group; its message names policies that aren't there yet. Stalled is True with reason InvalidSpec while a template isn't one, or names no input. */
  readonly conditions?: readonly Condition[];
}

/** A Subscription has what happens to the runs of its namespace told to an HTTP endpoint, as CloudEvents 1.0: at least once, and of each run in its order. It needs an archive, which keeps the events until they are taken. */
export interface Subscription {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Subscription`. */
  readonly kind?: string;
  /** Which events are told, and where. */
  readonly spec: SubscriptionSpec;
  /** Whether events can be delivered, and what became of them; nobody but Proviso writes it. */
  readonly status?: SubscriptionStatus;
}

/** Which events are told, and where. */
export interface SubscriptionSpec {
  /** The endpoint that events are posted to; exactly one of this and `dependencyTrack`. */
  readonly http?: {
    /** The address of an endpoint that needs no credentials. Over TLS and on the internet, unless the installation allows others. Example: `https://sink.example.com/events`. */
    readonly url?: string;
    /** A Secret of type `proviso.dev/endpoint` in this namespace with the address under `url`, headers under `header.<name>`, and the authorities of the endpoint under `ca.crt`. What it has is sent nowhere but to its own address. */
    readonly secretRef?: {
      /** The name of the Secret. Example: `sink`. */
      readonly name: string;
    };
    /** Structured puts all of the event into the body, as `application/cloudevents+json`. Binary puts its data there, as `application/json`, and the rest into `ce-` headers, for webhooks that know nothing of CloudEvents. Default Structured. */
    readonly mode?: 'Structured' | 'Binary';
  };
  /** A Dependency-Track server that is given the CycloneDX SBOMs, in JSON, of each accepted run; exactly one of this and `http`. */
  readonly dependencyTrack?: {
    /** A Secret of type `proviso.dev/endpoint` in this namespace with the address of the API server under `url`, a key that may upload BOMs and create projects under `header.X-Api-Key`, and the authorities of the server under `ca.crt`. */
    readonly secretRef: {
      /** The name of the Secret. Example: `dependency-track`. */
      readonly name: string;
    };
    /** The name of the project there; where a run has several SBOMs, with the name of the material behind it. Default the namespace and the Workflow. Its version is the commit, or else the run. Example: `shop`. */
    readonly project?: string;
  };
  /** What is told; absent, all of it. Opened, WaiverUsed (a verdict relies on a Waiver), PolicyViolated (something is objected to and not excused, whatever the verdict), and the verdict: Accepted, Refused or Expired. */
  readonly events?: readonly ('Opened' | 'WaiverUsed' | 'PolicyViolated' | 'Accepted' | 'Refused' | 'Expired')[];
  /** An expression in CEL over `input`, which is the event; only events are told for which it is true. One that fails is given up, and counted as dead. Example: `input.data.workflow == 'build'`. */
  readonly filter?: string;
  /** Whether nothing is told for now; what happens meanwhile is kept for seven days. Default false. */
  readonly suspend?: boolean;
}

/** Whether events can be delivered, and what became of them; nobody but Proviso writes it. */
export interface SubscriptionStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** What became of the events of the last seven days. */
  readonly delivery?: {
    /** How many are still to be delivered. */
    readonly pending?: number;
    /** How many were taken. */
    readonly delivered?: number;
    /** How many were given up. */
    readonly dead?: number;
    /** When an event was last taken, RFC 3339. */
    readonly lastDeliveryTime?: string;
    /** When a try last failed, RFC 3339. */
    readonly lastErrorTime?: string;
    /** Why it did, with the beginning of what the endpoint said; without what the Secret has. */
    readonly lastError?: string;
  };
  /** Ready, which the operator writes, is True with reason Ready when events can be delivered; it is False with EndpointNotFound, EndpointInvalid, InvalidSpec, NameTaken, EngineUnavailable or ProvisioningFailed, and so is Reconciling, or Stalled, True. Delivering, which the receiver writes, is True with reason Delivered when the last try went well, and False with DeliveryFailed or Suspended. */
  readonly conditions?: readonly Condition[];
}

/** A TrustRoot says which certificate authorities, timestamp authorities and transparency logs count. Signers of a contract that are named by issuer and subject are checked against it. */
export interface TrustRoot {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `TrustRoot`. */
  readonly kind?: string;
  /** Where the root comes from, who may use it, and how many proofs a signature needs. */
  readonly spec: TrustRootSpec;
  /** The root in force; nobody but the operator writes it. */
  readonly status?: TrustRootStatus;
}

/** Where the root comes from, who may use it, and how many proofs a signature needs. */
export interface TrustRootSpec {
  /** Whether signers that name no root use this one. Default false. Of two, the older one counts. */
  readonly default?: boolean;
  /** The namespaces whose contracts may use it, by label. Default: all of them. */
  readonly namespaces?: {
    /** Labels that the namespace must carry, each with this value; 1 to 16. Example: `team: payments`. */
    readonly matchLabels?: Readonly<Record<string, string>>;
  };
  /** A Sigstore trusted root, the JSON document `trusted_root.json`: exactly one of `inline`, `configMapRef` and `tuf`. */
  readonly sigstore: TrustRootSource;
  /** How many independent proofs a signature needs. What isn't given here is one, if the root has an authority for it, and else none. */
  readonly thresholds?: {
    /** Entries of different transparency logs of the root. 0 asks for none. */
    readonly logEntries?: number;
    /** Times that a log or a timestamp authority of the root vouches for. With 0 the time at which the receiver got the signature counts, so certificates must still be valid then. */
    readonly timestamps?: number;
    /** Signed certificate timestamps of logs of the root in the certificate. 0 asks for none. */
    readonly ctEntries?: number;
  };
}

/** A Sigstore trusted root, the JSON document `trusted_root.json`: exactly one of `inline`, `configMapRef` and `tuf`. */
export interface TrustRootSource {
  /** The document itself, media type v0.1 or v0.2. At most 262144 characters (256 KiB). */
  readonly inline?: string;
  /** A key of a ConfigMap in Proviso's own namespace. */
  readonly configMapRef?: {
    /** The name of the ConfigMap. Example: `sigstore-root`. */
    readonly name: string;
    /** The key inside it that holds the document. Example: `trusted_root.json`. */
    readonly key: string;
  };
  /** A repository of The Update Framework, from which the operator fetches the document again and again. */
  readonly tuf?: TrustRootTuf;
}

/** A repository of The Update Framework, from which the operator fetches the document again and again. */
export interface TrustRootTuf {
  /** The address under which its metadata lies, https only, without user, query and fragment; the documents lie under `targets/` there. Redirects aren't followed. Example: `https://tuf-repo-cdn.sigstore.dev`. */
  readonly mirror: string;
  /** The `root.json` that the repository's keys are taken from, of any version; newer ones must be signed by it. Exactly one of `inline` and `configMapRef`. */
  readonly root: {
    /** The document itself. At most 65536 characters (64 KiB). */
    readonly inline?: string;
    /** A key of a ConfigMap in Proviso's own namespace. */
    readonly configMapRef?: {
      /** The name of the ConfigMap. Example: `sigstore-root`. */
      readonly name: string;
      /** The key inside it that holds the document. Example: `trusted_root.json`. */
      readonly key: string;
    };
  };
  /** The document's path in the repository. Default `trusted_root.json`. */
  readonly target?: string;
  /** Certificates, PEM, that the mirror's own certificate is checked against instead of the public ones, for a mirror inside a company. At most 65536 characters. */
  readonly ca?: string;
  /** How often the repository is looked at, `10m` to `720h`, in hours, minutes and seconds. Default `24h`. */
  readonly refreshInterval?: string;
}

/** The root in force; nobody but the operator writes it. */
export interface TrustRootStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** `sha256:` and the SHA-256 of the document in force, hex. Absent while there is none. */
  readonly digest?: string;
  /** The ConfigMap in Proviso's own namespace that holds the document in force under `trusted_root.json`. It counts only as long as its bytes have the digest. */
  readonly configMapName?: string;
  /** How many authorities of each class the document has, whether or not they are valid now. */
  readonly authorities?: {
    /** Number of authorities of this class. */
    readonly certificateAuthorities?: number;
    /** Number of authorities of this class. */
    readonly timestampAuthorities?: number;
    /** Number of authorities of this class. */
    readonly tlogs?: number;
    /** Number of authorities of this class. */
    readonly ctlogs?: number;
  };
  /** When, for the first time, a class has no authority left that is valid, RFC 3339; from then on new signatures can't be checked. Absent: never. */
  readonly expirationTime?: string;
  /** When the document was last fetched with success, RFC 3339; of one that isn't fetched, when it was last changed. */
  readonly lastRefreshTime?: string;
  /** When the TUF repository was last asked, with or without success, RFC 3339. */
  readonly lastAttemptTime?: string;
  /** The versions of the repository's root, timestamp, snapshot and targets metadata; none of them may go down while the source stays the same. Example: `14.301.233.18`. */
  readonly tufVersion?: string;
  /** `sha256:` and a SHA-256 over what makes a TUF source: another mirror, root or target is another source, whose versions are counted anew. */
  readonly sourceDigest?: string;
  /** Ready is True with reason Ready when a root is in force; its message says if the last refresh failed. Stalled is True with reason TrustRootInvalid, SourceNotFound, Expired, NameTaken, or InvalidSpec, when another root is the default already. Reconciling is True with reason FetchFailed while a first fetch is tried again, or ProvisioningFailed. */
  readonly conditions?: readonly Condition[];
}

/** A Waiver is an exception from one policy or one material, for some Workflows of its namespace and at most 90 days. It counts once somebody else than its author has approved it. */
export interface Waiver {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Waiver`. */
  readonly kind?: string;
  /** What is waived, for which Workflows, until when and why, who asks for it and who has approved it. Nothing of it but the approval can be changed. */
  readonly spec: WaiverSpec;
  /** Whether it counts; nobody but the operator writes it. */
  readonly status?: WaiverStatus;
}

/** What is waived, for which Workflows, until when and why, who asks for it and who has approved it. Nothing of it but the approval can be changed. */
export interface WaiverSpec {
  /** The policy whose violations are waived; exactly one of this and `material`. */
  readonly policy?: {
    /** Whether it is one of the namespace or one of the cluster. Default Policy. */
    readonly kind?: 'Policy' | 'ClusterPolicy';
    /** The name of the policy. Example: `sbom-is-fresh`. */
    readonly name: string;
  };
  /** The material that may be missing, by its name in the contract; exactly one of this and `policy`. Example: `sbom`. */
  readonly material?: string;
  /** The Workflows of the namespace that it is for, by their labels. It must have at least one requirement: what is for all of them says so. Whoever may write a Workflow may also label it. */
  readonly selector: {
    /** Labels that it must carry, each with this value. At most 16. Example: `app: legacy`. */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** Requirements on its labels, all of which must hold. At most 16. */
    readonly matchExpressions?: readonly ({
      /** The name of the label. Example: `proviso.dev/exempt`. */
      readonly key: string;
      /** In and NotIn compare with `values`, Exists and DoesNotExist ask whether there is such a label. NotIn also holds where there is none. */
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
      /** The values for In and NotIn. At most 32. */
      readonly values?: readonly string[];
    })[];
  };
  /** Who answers for the exception and ends it: a team or a person. At most 253 characters. Example: `payments`. */
  readonly owner: string;
  /** Why there has to be an exception, and what becomes of it, for people. At most 1024 characters. Example: `the scanner can't read Zig; SEC-1234`. */
  readonly reason: string;
  /** When it ends, RFC 3339: at most 90 days after it was made. Example: `2026-12-01T00:00:00Z`. */
  readonly expires: string;
  /** The user who makes it, as the API server knows him; nobody can make one in another name. `kubectl auth whoami` says who one is. Example: `alice@example.com`. */
  readonly requestedBy: string;
  /** The user who has approved it, together with `approvedUid`; nobody can approve in another name, his own Waiver, or without the right to `approve` it. Absent when it is made. Example: `bob@example.com`. */
  readonly approvedBy?: string;
  /** The metadata.uid of the Waiver that was approved, so that one made anew under the same name isn't approved in its place. Example: `8c1f8a3e-0000-4000-8000-000000000001`. */
  readonly approvedUid?: string;
}

/** Whether it counts; nobody but the operator writes it. */
export interface WaiverStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** What it is an exception from, for people: `Policy/`, `ClusterPolicy/` or `material/` and the name. */
  readonly waives?: string;
  /** How many Workflows of its namespace it selects. */
  readonly workflows?: number;
  /** Active is True with reason Approved while runs are judged by it; False with reason AwaitingApproval, Expired, TooLong, PolicyNotFound, ApprovalNotEnforced or ProvisioningFailed. Ready is True with reason Ready just then. Reconciling is True with reason AwaitingApproval until somebody approves it, or ProvisioningFailed; Stalled is True with one of the other reasons. */
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
  /** The Workflow that the run belongs to. */
  readonly workflowRef: {
    /** The name of the Workflow, in the same namespace. Example: `build`. */
    readonly name: string;
    /** The uid of the Workflow, so that one made anew under the same name has no part in this run. */
    readonly uid: string;
  };
  /** The revision of the contract that the run is judged by. */
  readonly contract: {
    /** The name of the Contract. Example: `release`. */
    readonly name: string;
    /** The number of the revision, counted from 1. */
    readonly revision: number;
    /** The ControllerRevision that holds the revision. Example: `release-3f9a01c2de`. */
    readonly revisionName: string;
    /** SHA-256 of what the revision means. A ControllerRevision of that name with another content is refused. Example: `sha256:3f9a01c2de…`, 64 hexadecimal digits. */
    readonly digest: string;
  };
  /** Who opened the run, as the cluster or the issuer of the token knows it. */
  readonly identity: RunIdentity;
  /** What makes the run one of a kind; a hash, so that opening it twice finds the same. */
  readonly runKey: string;
  /** Where the pipeline runs, and whether that is known or only claimed. */
  readonly runner: RunRunner;
  /** The commit that was built. That it was this one the pipeline said; what the commit is, `proven` says. */
  readonly commit?: RunCommit;
  /** The project of the Workflow when the run was opened. */
  readonly project?: string;
  /** The team of the Workflow when the run was opened. */
  readonly team?: string;
  /** Annotations of the attestation, those that the contract fixes included. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The variables that the contract lists in `envAllowList`, as they were at init. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The EvidenceStore that takes the bytes. Example: `default`. */
  readonly evidenceStoreName: string;
  /** When the run expires unless an attestation was accepted before, RFC 3339. */
  readonly deadlineTime: string;
}

/** Who opened the run, as the cluster or the issuer of the token knows it. */
export interface RunIdentity {
  /** The user name of the token; of one from outside `oidc:<issuer>#<sub>`, of a long one its hash and beginning. Empty when nobody opened the run: the operator did, for an owner that ended without one. Example: `system:serviceaccount:shop:proviso-build`. */
  readonly username: string;
  /** The name of the service account, when the caller is one. Example: `proviso-build`. */
  readonly serviceAccount?: string;
  /** The pod that the token is bound to; absent when it is bound to none. */
  readonly pod?: {
    /** The name of the pod, in the namespace of the run. Example: `build-x7k2p-sbom-pod`. */
    readonly name: string;
    /** The uid of the pod; the pod was looked up by it. */
    readonly uid: string;
  };
  /** The PipelineRun, Argo Workflow, Job or pod whose run this is; nobody else can add to it. */
  readonly owner?: RunOwner;
  /** The OIDC issuer of a token from outside the cluster; absent for identities of the cluster. Example: `https://token.actions.githubusercontent.com`. */
  readonly issuer?: string;
  /** The `sub` of a token from outside. Example: `repo:o/r:ref:refs/heads/main`. */
  readonly subject?: string;
  /** The run of the CI system that the token vouches for, whose jobs share this run; absent, it is the subject's alone. Example: `github:1296269/16588214930`. */
  readonly pipeline?: string;
  /** Verified claims of the token: those that it was admitted by, and those that say where it is from. Example: `repository: o/r`. */
  readonly claims?: Readonly<Record<string, string>>;
}

/** The PipelineRun, Argo Workflow, Job or pod whose run this is; nobody else can add to it. */
export interface RunOwner {
  /** The API version of the owner. Example: `tekton.dev/v1`. */
  readonly apiVersion: string;
  /** The kind of the owner. Example: `PipelineRun`. */
  readonly kind: string;
  /** The name of that object, in the namespace of the run. Example: `build-x7k2p`. */
  readonly name: string;
  /** The uid of the owner; all pods with this owner share the run. */
  readonly uid: string;
}

/** Where the pipeline runs, and whether that is known or only claimed. */
export interface RunRunner {
  /** The kind of runner; GENERIC when it is none that is known. */
  readonly type: 'ARGO_WORKFLOW' | 'AZURE_PIPELINE' | 'BITBUCKET_PIPELINE' | 'BUILDKITE_BUILD' | 'CIRCLECI_BUILD' | 'DAGGER_PIPELINE' | 'DRONE_BUILD' | 'GENERIC' | 'GITHUB_ACTION' | 'GITLAB_PIPELINE' | 'JENKINS_JOB' | 'KUBERNETES_JOB' | 'TEAMCITY_PIPELINE' | 'TEKTON_PIPELINE';
  /** Where a person finds the run, as the pipeline said. Example: `https://ci.example.com/run/7`. */
  readonly url?: string;
  /** Whether the type was derived from the pod or the issuer of the token, and not only claimed. */
  readonly authenticated: boolean;
}

/** The commit that was built. That it was this one the pipeline said; what the commit is, `proven` says. */
export interface RunCommit {
  /** The hash of the commit, 40 or 64 hex digits. */
  readonly sha: string;
  /** The name of the commit's author. */
  readonly author?: string;
  /** The mail address of the commit's author. */
  readonly authorEmail?: string;
  /** The message of the commit, cut to 1024 characters. */
  readonly message?: string;
  /** When its author made the commit, as he said, RFC 3339. */
  readonly date?: string;
  /** Whether author, date, message and signature were read from the commit itself, whose hash is `sha`; else the pipeline only said so. Of SHA-1, which most repositories have, a hash proves this against all but whoever could afford a collision. */
  readonly proven?: boolean;
  /** The signature in the commit, as it describes itself; whose key it is, nobody has checked. Absent while `proven` is true: the commit isn't signed. */
  readonly signature?: RunCommitSignature;
  /** The remotes of the repository, without credentials. */
  readonly remotes?: readonly {
    /** The name of the remote. Example: `origin`. */
    readonly name: string;
    /** The address of the remote, without credentials. Example: `https://github.com/o/r`. */
    readonly url: string;
  }[];
}

/** The signature in the commit, as it describes itself; whose key it is, nobody has checked. Absent while `proven` is true: the commit isn't signed. */
export interface RunCommitSignature {
  /** How it is signed: PGP, SSH, X509 (S/MIME, gitsign), or UNKNOWN when it is none of these. */
  readonly format: 'PGP' | 'SSH' | 'X509' | 'UNKNOWN';
  /** Of the key (PGP; SSH, as ssh-keygen prints it) or of the certificate (X509: SHA-256, hex) that the signature names. Example: `SHA256:oeksDlHOlbpLgm4aUL9NjFnGuEF0svIksXmhKQe87dQ`. */
  readonly fingerprint?: string;
  /** SSH: whether the key of `fingerprint` made this signature over this commit, which was verified, since the signature holds the key; whose key that is, nobody has checked. Absent for other formats, and for keys on security keys. */
  readonly keyProven?: boolean;
  /** PGP: the id of the key that the signature names. Example: `2F50C2D4C23711E2`. */
  readonly keyId?: string;
  /** X509: the alternative name in the certificate, or its subject; PGP: the user id, where the signature has one. Example: `jane@example.com`. */
  readonly signer?: string;
  /** X509: the OIDC issuer that a certificate of Fulcio names. Example: `https://accounts.example.com`. */
  readonly issuer?: string;
  /** The signature itself, as it stands in the commit; absent when it is longer. */
  readonly armored?: string;
}

/** What was handed in, and the verdict. */
export interface WorkflowRunStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** When the run was opened, RFC 3339. */
  readonly startTime?: string;
  /** When the verdict fell, RFC 3339; absent while the run is open. */
  readonly finishTime?: string;
  /** The reason of the condition Succeeded, here too so that runs can be selected by it, as in `kubectl get workflowruns --field-selector status.result=Expired`. Example: `Accepted`. */
  readonly result?: string;
  /** What was handed in. Entries are added one by one, so that parallel adds never conflict. */
  readonly materials?: readonly RecordedMaterial[];
  /** What the policies of the contract came to: while the run is open what was said when it was opened, then of everything, written with the verdict and as final. */
  readonly policies?: RunPolicies;
  /** How far the run is with what it owes. It may be a second behind while materials come in. */
  readonly progress?: RunProgress;
  /** The attestation that was accepted; once it is set, neither it nor the materials change. */
  readonly attestation?: RecordedAttestation;
  /** What the control plane signed about the run when it accepted the attestation, written with the verdict and as final: a SLSA verification summary, and for a run of a pod SLSA provenance. */
  readonly statements?: readonly RecordedStatement[];
  /** What the run would come to by what is in force now, as the condition Current says in short. Judged from what was recorded and the bytes that were stored; the verdict stays. */
  readonly current?: RunCurrent;
  /** The Waivers that the verdict relies on, as they were then. Absent, it relies on none. */
  readonly waivers?: readonly RecordedWaiver[];
  /** Attestations that were refused; the run stayed open. */
  readonly refusals?: {
    /** How many attestations were refused so far. */
    readonly count: number;
    /** The refusal that came last. */
    readonly last?: {
      /** The stable code of the refusal; docs/errors.md explains it. Example: `contract-not-met`. */
      readonly code: string;
      /** What was wrong, in a sentence for people. */
      readonly message: string;
      /** When the attestation was refused, RFC 3339. */
      readonly time: string;
    };
  };
  /** Succeeded is Unknown while the run is open (Crafting, Verifying), True once its attestation was accepted (Accepted, AcceptedWithViolations, Waived), and False when it failed (PolicyViolation, Expired, Cancelled, PipelineFailed). True and False are final. PolicyCompliant is True (Compliant, Waived) or False (Violated) with the verdict of a run whose contract attaches policies. Current is True (Compliant, Waived) or False (Violated, Incomplete) of a run that was judged again by what is in force now. PipelineSucceeded is what became of the pipeline itself, of runs whose Workflow has a source: True (Succeeded), False (Failed, Cancelled, TimedOut), or Unknown (Running, Gone). Archived is True once the receiver has copied the finished run into the archive; it is absent where none is kept. */
  readonly conditions?: readonly Condition[];
}

/** One material as the receiver recorded it. */
export interface RecordedMaterial {
  /** The name of the material, one of the contract's or one of the pipeline's own. Example: `sbom`. */
  readonly name: string;
  /** The type that the content was checked against. Example: `SBOM_CYCLONEDX_JSON`. */
  readonly type: string;
  /** The SHA-256 of its bytes, `sha256:` and 64 hex digits, computed by the receiver; of an image, that of its manifest. */
  readonly digest: string;
  /** The number of bytes that were handed in; of an image given by reference, those of the reference. */
  readonly size: number;
  /** The name of the file, as the pipeline said. */
  readonly filename?: string;
  /** The media type of the content. Example: `application/vnd.cyclonedx+json`. */
  readonly mediaType?: string;
  /** The text of a STRING, at most 4096 characters. */
  readonly value?: string;
  /** The reference of a CONTAINER_IMAGE, with its digest. */
  readonly reference?: string;
  /** Whether the bytes are in the evidence store; false for STRING, references and `skipUpload`. */
  readonly stored: boolean;
  /** The EvidenceStore that has the bytes. Example: `default`. */
  readonly storeName?: string;
  /** What the receiver found in the content, and the annotations of the pipeline. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** How often other content that was handed in under this name was replaced. Absent, never. */
  readonly replaced?: number;
  /** What is wrong with the content and was let through: what tools are known to get wrong, and what the contract doesn't want to be strict about. Absent: nothing. */
  readonly tolerated?: readonly {
    /** Where in the content it is. Example: `/components/7`. */
    readonly at?: string;
    /** What is wrong there. Example: `stands there already, as 3`. */
    readonly message: string;
  }[];
  /** Who has signed it, of those whom the contract trusts: an image whose signers it names, or an envelope that came by the intake without a token; absent where nobody was asked for. */
  readonly signers?: readonly RecordedSigner[];
  /** What the policies of the contract said of it when it was added. At most 128. */
  readonly policies?: readonly RecordedJudgement[];
  /** Where all that the policies said is kept, as evidence; absent, no policy was asked. */
  readonly evaluations?: RecordedEvaluations;
  /** When the receiver took it, RFC 3339. */
  readonly addTime: string;
  /** The user name of who handed it in. Example: `system:serviceaccount:shop:proviso-build`. */
  readonly addedBy: string;
}

/** Who signed, as it was verified. */
export interface RecordedSigner {
  /** Whether it was matched by its Key or by its Certificate. */
  readonly kind: 'Key' | 'Certificate';
  /** The subject alternative name of the certificate; absent for a key. */
  readonly identity?: string;
  /** The OIDC issuer in the certificate. Example: `https://token.actions.githubusercontent.com`. */
  readonly issuer?: string;
  /** When it was signed with a certificate, as far as that is proven, RFC 3339. */
  readonly time?: string;
  /** What proves the time: the Log that has an entry of it, the Timestamp of an authority, or the Receipt here. */
  readonly timeSource?: 'Log' | 'Timestamp' | 'Receipt';
  /** What the certificate says of the build, for example `sourceRepositoryURI` and `runInvocationURI`. */
  readonly claims?: Readonly<Record<string, string>>;
  /** The fingerprint: of a key `SHA256:` and base64, of a certificate SHA-256 in hex. */
  readonly fingerprint: string;
  /** The signer in short, as `kubectl get` shows it. */
  readonly display: string;
}

/** What one policy said, in short; the evidence under `evaluations` has all of it. */
export interface RecordedJudgement {
  /** Whether the policy is one of the namespace or one of the cluster. */
  readonly kind: 'Policy' | 'ClusterPolicy';
  /** The name of the policy. Example: `sbom-is-fresh`. */
  readonly policy: string;
  /** Passed, Violated, Skipped when the policy has nothing to say of such content, Ignored when it wants not even that to be told, or Failed when it isn't known what the policy says. */
  readonly outcome: 'Passed' | 'Violated' | 'Skipped' | 'Ignored' | 'Failed';
  /** How many violations that count there are. Absent, none. */
  readonly violations?: number;
  /** Whether an objection fails the run whatever the contract's enforcement is. Absent, no. */
  readonly gate?: boolean;
  /** Whether it counts as an objection that the policy was skipped. Absent, no. */
  readonly blocked?: boolean;
  /** What the first violation is about. */
  readonly subject?: string;
  /** The first violation, or why the policy was skipped or failed. */
  readonly message?: string;
}

/** Where all that the policies said is kept, as evidence; absent, no policy was asked. */
export interface RecordedEvaluations {
  /** The SHA-256 of the document; `proviso download` gets it. */
  readonly digest: string;
  /** The number of its bytes. */
  readonly size: number;
  /** The EvidenceStore that has the bytes. */
  readonly storeName?: string;
}

/** What the policies of the contract came to: while the run is open what was said when it was opened, then of everything, written with the verdict and as final. */
export interface RunPolicies {
  /** How often a policy passed of how often one was asked. Example: `3/4`. */
  readonly summary: string;
  /** How often a policy was asked, of each material and of the attestation. */
  readonly evaluated: number;
  /** How often a policy objected to nothing. */
  readonly passed: number;
  /** How often a policy objected to something. */
  readonly violated: number;
  /** How often a policy had nothing to say of what it was asked about. */
  readonly skipped: number;
  /** How often it isn't known what a policy says, since it couldn't be loaded or evaluated. */
  readonly failed: number;
  /** What was objected to, those that fail the run first: of each policy and material the first violation. At most 20. */
  readonly violations?: readonly RecordedObjection[];
  /** How many more there are. Absent, none. */
  readonly omitted?: number;
  /** What policies said at init and at push, of the attestation and of materials. At most 256. */
  readonly evaluations?: readonly RecordedEvaluation[];
  /** Where all that the policies said is kept, as evidence; absent, no policy was asked. */
  readonly atInit?: RecordedEvaluations;
  /** Where all that the policies said is kept, as evidence; absent, no policy was asked. */
  readonly atPush?: RecordedEvaluations;
}

/** What a policy objects to in one material or the attestation. */
export interface RecordedObjection {
  /** Whether the policy is one of the namespace or one of the cluster. */
  readonly kind: 'Policy' | 'ClusterPolicy';
  /** The name of the policy. */
  readonly policy: string;
  /** The name of the material; absent for the attestation. */
  readonly material?: string;
  /** What it is about, such as a component. Example: `log4j-core`. */
  readonly subject: string;
  /** What is wrong, for people. */
  readonly message: string;
  /** How many violations this stands for. */
  readonly violations?: number;
  /** Whether it fails the run whatever the contract's enforcement is. Absent, no. */
  readonly gate?: boolean;
  /** The Waiver that excuses it. Absent, none does. */
  readonly waiver?: string;
}

/** What one policy said, in short. */
export interface RecordedEvaluation {
  /** When it was asked, Init or Push. */
  readonly phase: 'Init' | 'Push';
  /** The name of the material that it judged; absent for the attestation. */
  readonly material?: string;
  /** Whether the policy is one of the namespace or one of the cluster. */
  readonly kind: 'Policy' | 'ClusterPolicy';
  /** The name of the policy. */
  readonly policy: string;
  /** Passed, Violated, Skipped, Ignored or Failed, as `materials` explains them. */
  readonly outcome: 'Passed' | 'Violated' | 'Skipped' | 'Ignored' | 'Failed';
  /** How many violations that count there are. Absent, none. */
  readonly violations?: number;
  /** Whether an objection fails the run whatever the enforcement of the contract is. Absent, no. */
  readonly gate?: boolean;
  /** Whether it counts as an objection that the policy was skipped. Absent, no. */
  readonly blocked?: boolean;
  /** What the first violation is about. */
  readonly subject?: string;
  /** The first violation, or why the policy was skipped or failed. */
  readonly message?: string;
}

/** How far the run is with what it owes. It may be a second behind while materials come in. */
export interface RunProgress {
  /** How many of the required materials are there, as `kubectl get` shows it. Example: `2/3`. */
  readonly summary: string;
  /** How many materials and groups the run owes. */
  readonly required: number;
  /** How many of the required materials and groups are there. */
  readonly present: number;
  /** What is not there yet, materials and groups. At most 64. */
  readonly missing?: readonly string[];
}

/** The attestation that was accepted; once it is set, neither it nor the materials change. */
export interface RecordedAttestation {
  /** The SHA-256 of the exact bytes that were handed in, `sha256:` and 64 hex digits; `proviso download` gets them. */
  readonly digest: string;
  /** The number of those bytes. */
  readonly size: number;
  /** The media type of the container. Example: `application/vnd.dev.sigstore.bundle.v0.3+json`. */
  readonly mediaType?: string;
  /** What kind of statement it holds. Example: `chainloop.dev/attestation/v0.2`. */
  readonly predicateType: string;
  /** The SHA-256 of the statement inside the container, `sha256:` and 64 hex digits. */
  readonly payloadDigest?: string;
  /** Who signed, as it was verified. */
  readonly signer: RecordedSigner;
  /** The other signers, when the contract asks for several. */
  readonly cosigners?: readonly ({
    /** Whether it was matched by its Key or by its Certificate. */
    readonly kind: 'Key' | 'Certificate';
    /** The subject alternative name of the certificate; absent for a key. */
    readonly identity?: string;
    /** The OIDC issuer in the certificate. Example: `https://token.actions.githubusercontent.com`. */
    readonly issuer?: string;
    /** When it was signed with a certificate, as far as that is proven, RFC 3339. */
    readonly time?: string;
    /** What proves the time: the Log that has an entry of it, the Timestamp of an authority, or the Receipt here. */
    readonly timeSource?: 'Log' | 'Timestamp' | 'Receipt';
    /** What the certificate says of the build, for example `sourceRepositoryURI` and `runInvocationURI`. */
    readonly claims?: Readonly<Record<string, string>>;
    /** The fingerprint: of a key `SHA256:` and base64, of a certificate SHA-256 in hex. */
    readonly fingerprint: string;
    /** The signer in short, as `kubectl get` shows it. */
    readonly display: string;
  })[];
  /** The EvidenceStore that has the bytes. */
  readonly storeName?: string;
  /** When the attestation was handed in, RFC 3339. */
  readonly receiveTime: string;
}

/** One signed statement in the evidence store, a Sigstore bundle. */
export interface RecordedStatement {
  /** What kind of statement it is. Example: `https://slsa.dev/verification_summary/v1`. */
  readonly predicateType: string;
  /** The SHA-256 of the bundle; `proviso download` gets it. */
  readonly digest: string;
  /** The number of its bytes. */
  readonly size: number;
  /** The control-plane key that signed it, `SHA256:` and base64; the ConfigMap `proviso-control-plane-keys` has the key. */
  readonly keyFingerprint: string;
  /** What a verification summary says its subjects were accepted as; consumers have to expect exactly this. Example: `https://proviso.dev/cluster/8c1f…/namespaces/shop/workflows/build`. */
  readonly resourceUri?: string;
  /** The EvidenceStore that has the bytes. */
  readonly storeName: string;
}

/** What the run would come to by what is in force now, as the condition Current says in short. Judged from what was recorded and the bytes that were stored; the verdict stays. */
export interface RunCurrent {
  /** The revision of the Workflow's contract that it was judged by. */
  readonly contract: {
    /** The Contract of the Workflow at that time. Example: `release`. */
    readonly name: string;
    /** The number of the revision. */
    readonly revision: number;
    /** The ControllerRevision that holds it. */
    readonly revisionName: string;
    /** The SHA-256 of what the revision means, `sha256:` and 64 hex digits. */
    readonly digest: string;
  };
  /** When it was judged, RFC 3339. */
  readonly time: string;
  /** What would be missing, materials and groups. At most 64. */
  readonly missing?: readonly string[];
  /** How often a policy passed of how often one was asked. Example: `3/4`. */
  readonly summary: string;
  /** How often a policy was asked. */
  readonly evaluated: number;
  /** How often a policy objected to nothing. */
  readonly passed: number;
  /** How often a policy objected to something. */
  readonly violated: number;
  /** How often a policy had nothing to say of what it was asked about. */
  readonly skipped: number;
  /** How often it isn't known what a policy says, since it couldn't be loaded or evaluated. */
  readonly failed: number;
  /** What was objected to, those that fail the run first: of each policy and material the first violation. At most 20. */
  readonly violations?: readonly RecordedObjection[];
  /** How many more there are. Absent, none. */
  readonly omitted?: number;
}

/** One exception, from a policy or from a material that is missing. */
export interface RecordedWaiver {
  /** The name of the Waiver. Example: `legacy-sbom`. */
  readonly name: string;
  /** Who answers for the exception, as the Waiver says. Example: `payments`. */
  readonly owner: string;
  /** The user name of who approved it. */
  readonly approvedBy: string;
  /** When it ends, RFC 3339. */
  readonly expires: string;
  /** The kind of the policy that it is an exception from. */
  readonly kind?: 'Policy' | 'ClusterPolicy';
  /** The name of the policy that it is an exception from. */
  readonly policy?: string;
  /** The name of the material that may be missing. */
  readonly material?: string;
}

/** A Workflow is one pipeline: the contract that its runs owe, who may submit, how long tokens and history last. The operator provisions a service account, the right to submit, and a rotated token in the Secret `proviso-<name>`. */
export interface Workflow {
  readonly metadata: ObjectMeta;
  /** The version of this schema, `proviso.dev/v1alpha1`. */
  readonly apiVersion?: string;
  /** The kind of this object, `Workflow`. */
  readonly kind?: string;
  /** The pipeline: what it owes, who may submit, how long tokens and history last. */
  readonly spec: WorkflowSpec;
  /** What the operator provisioned and counted; nobody else writes it. */
  readonly status?: WorkflowStatus;
}

/** The pipeline: what it owes, who may submit, how long tokens and history last. */
export interface WorkflowSpec {
  /** What the pipeline does, in a sentence for people. Example: `builds and releases the shop`. */
  readonly description?: string;
  /** The Contract that its runs owe, in the same namespace. */
  readonly contractRef: {
    /** The name of the Contract. It need not exist yet; the Workflow waits for it. Example: `release`. */
    readonly name: string;
  };
  /** The product it belongs to; recorded in every attestation. Example: `shop`. */
  readonly project?: string;
  /** Who answers for it; recorded in every attestation. Example: `payments`. */
  readonly team?: string;
  /** Identities from outside the cluster that may submit, besides the provisioned service account: any one match lets a token in. Other service accounts are admitted by plain RBAC: the verb `submit` on `workflows.proviso.dev`. */
  readonly submitters?: readonly {
    /** Tokens of an OIDC issuer; the Workflow is Stalled with reason IssuerNotAllowed unless the installation allows it. */
    readonly oidc: {
      /** The issuer, compared exactly. Example: `https://token.actions.githubusercontent.com`. */
      readonly issuer: string;
      /** The audience that the token must carry, one that the installation allows. Example: `proviso`. */
      readonly audience: string;
      /** Claims that the token must carry, all of them; at least one. A text must be the same, an integer, true or false must read the same, and a list or an object matches nothing. Example: `repository: o/r`. */
      readonly claims: Readonly<Record<string, string>>;
    };
  }[];
  /** The runs of pipelines in the cluster that owe evidence here: one that ends without it is found and becomes a WorkflowRun that says so. Absent, only runs that a pipeline opens by itself are known. Pipelines must use tokens that are bound to their pods, since a run that was opened otherwise can't be told to be theirs. */
  readonly source?: {
    /** What runs the pipeline: PipelineRun (`tekton.dev/v1`), ArgoWorkflow (Workflow of `argoproj.io/v1alpha1`), or Job (`batch/v1`). It need not be installed yet; it is watched once it is. */
    readonly kind: 'PipelineRun' | 'ArgoWorkflow' | 'Job';
    /** Which of them owe evidence, by their labels, in the namespace of the Workflow. Absent or empty, all of them. Whoever may make one may also label it. Example: `matchLabels: {app: shop}`. */
    readonly selector?: {
      /** Labels that it must carry, each with this value. At most 16. Example: `app: shop`. */
      readonly matchLabels?: Readonly<Record<string, string>>;
      /** Requirements on its labels, all of which must hold. At most 16. */
      readonly matchExpressions?: readonly ({
        /** The name of the label. Example: `tekton.dev/pipeline`. */
        readonly key: string;
        /** In and NotIn compare with `values`, Exists and DoesNotExist ask whether there is such a label. NotIn also holds where there is none. */
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        /** The values for In and NotIn. At most 32. */
        readonly values?: readonly string[];
      })[];
    };
    /** How long after its end one that succeeded may still hand in evidence, `0s` to `24h`. One that failed has a minute, or this if it is less. Default `10m`. */
    readonly grace?: string;
  };
  /** The token that the operator writes into the Secret `proviso-<name>` for the pipeline, and renews before it ends. */
  readonly token?: {
    /** How long it is valid, `10m` to `720h`; it is renewed at 80 % of that. Default `24h`. */
    readonly expiration?: string;
  };
  /** Whether runs that are over are judged again when what is in force changes. Their verdicts stay; the condition Current says what they would come to now. `proviso evaluate` does the same when it is asked. */
  readonly reevaluate?: {
    /** Whether to judge again when a new revision of the contract is in force, which a change of a policy makes too. */
    readonly onChange: boolean;
    /** How many accepted runs are, the newest, 1 to 100. Default 10. */
    readonly runs?: number;
  };
  /** How many finished runs stay in the cluster. */
  readonly history?: {
    /** Finished runs kept, the newest, 1 to 10000; older ones are removed. Open runs don't count. Default 100. */
    readonly limit?: number;
  };
  /** Keeps runs of this workflow in the archive, and their evidence, for longer than their EvidenceStore does; it can't have them removed earlier. Default: as the store says. */
  readonly retention?: {
    /** Runs that finished less than this ago are kept; at least `1h`. Example: `2160h`, some three months. */
    readonly keepFor?: string;
    /** The same for runs that were accepted. Default: `keepFor`. Example: `17520h`, two years. */
    readonly keepAcceptedFor?: string;
    /** So many of the newest runs of each workflow are kept, however old they are. Default 0. Example: `20`. */
    readonly keepLast?: number;
  };
  /** The EvidenceStore that takes the bytes. Absent, the one that is marked as default. */
  readonly evidenceStoreRef?: {
    /** The name of the EvidenceStore. Example: `default`. */
    readonly name: string;
  };
  /** What is normal for this pipeline. The condition Healthy says where its runs depart from it, and from what they were like before; it changes no verdict. */
  readonly expectations?: {
    /** The longest time between two accepted runs; after it Healthy is False with reason Silent. Before the first one it counts from when the Workflow was made. Default: any. Example: `26h`. */
    readonly maxInterval?: string;
    /** The lowest share of finished runs that are accepted, 0 to 1. Healthy is False with reason FailureRateHigh once the last 20 runs, at least 5, are too bad for chance. Default `0.5`; `0` never minds. Example: `0.9`. */
    readonly minSuccessRate?: number;
    /** The longest time from init to push; when the last accepted run took longer, Healthy is False with reason Slow. Default: what is usual, judged by the runs before it. Example: `45m`. */
    readonly maxDuration?: string;
  };
}

/** What the operator provisioned and counted; nobody else writes it. */
export interface WorkflowStatus {
  /** The metadata.generation that this status speaks of; older than the object's means not looked at yet. */
  readonly observedGeneration?: number;
  /** The revision that new runs are pinned to. */
  readonly contract?: {
    /** The Contract that `spec.contractRef` names. Example: `release`. */
    readonly name: string;
    /** The number of its current revision, counted from 1; where ClusterContracts govern, of the one with their terms merged in. */
    readonly revision: number;
    /** The ControllerRevision that holds the revision. Example: `release-3f9a01c2de`. */
    readonly revisionName: string;
    /** SHA-256 of what the revision means. A ControllerRevision of that name with another content is refused. Example: `sha256:3f9a01c2de…`, 64 hexadecimal digits. */
    readonly digest: string;
  };
  /** The ClusterContracts that are merged into that revision; absent where none governs the Workflow. At most 64. */
  readonly baselines?: readonly {
    /** The name of the ClusterContract. Example: `production`. */
    readonly name: string;
    /** The number of its revision, counted from 1. */
    readonly revision: number;
    /** Whether the last finished run was accepted under this revision of it. */
    readonly compliant: boolean;
  }[];
  /** The service account that the operator provisioned and granted `submit`. Example: `proviso-build`. */
  readonly serviceAccountName?: string;
  /** The Secret with `endpoint`, `ca.crt`, `token`, `workflow` and `namespace`, to be mounted by the pipeline. Example: `proviso-build`. */
  readonly tokenSecretName?: string;
  /** The token in the Secret; the token itself is never in a status. */
  readonly token?: {
    /** When the token ends, RFC 3339. */
    readonly expirationTime: string;
    /** When the operator replaces the token, RFC 3339; at 80 % of its life. */
    readonly renewalTime: string;
  };
  /** The EvidenceStore that new runs use. Example: `default`. */
  readonly evidenceStoreName?: string;
  /** How far the pipelines of `spec.source` have been looked at; absent without it. */
  readonly source?: {
    /** SHA-256 of the kind and the selector, `sha256:` and 64 hex digits; with other ones the time starts anew. */
    readonly digest: string;
    /** Whatever ended before this owes nothing more: it was looked at, or ended before the source was there. RFC 3339. */
    readonly checkedTime: string;
  };
  /** Counts over the runs that are kept in the cluster. */
  readonly runs?: {
    /** All runs that are kept. */
    readonly total: number;
    /** Runs without a verdict yet. */
    readonly active: number;
    /** Runs whose attestation was accepted. */
    readonly succeeded: number;
    /** Runs that violated a policy, expired, were cancelled or failed. */
    readonly failed: number;
  };
  /** Share of the finished runs that were accepted, rounded down. Example: `92%`. */
  readonly successRate?: string;
  /** The run that was opened last. */
  readonly lastRun?: {
    /** The name of the WorkflowRun. Example: `build-3f9a01c2de`. */
    readonly name: string;
    /** The reason of its condition Succeeded. Example: `Accepted`. */
    readonly result: string;
    /** When it was opened, RFC 3339. */
    readonly startTime: string;
    /** When its verdict fell, RFC 3339; absent while it is open. */
    readonly finishTime?: string;
  };
  /** What is not as expected or not as usual, the gravest first, as the condition Healthy says in one message; absent when all is. At most 16. */
  readonly findings?: readonly ({
    /** What kind it is of; docs/workflow.md says how each is found. */
    readonly reason: 'Silent' | 'FailureRateHigh' | 'UnusualSigner' | 'NewRunner' | 'UnusualMaterials' | 'Slow';
    /** The WorkflowRun that shows it; absent where it is none alone. Example: `build-3f9a01c2de`. */
    readonly run?: string;
    /** What was found, with figures, and what to do about it. */
    readonly message: string;
  })[];
  /** How the runs went, over those that are known: those kept in the cluster and those of `recentRuns`. Absent before the first one is finished. */
  readonly statistics?: {
    /** How many of the finished runs were accepted, lately. A window without a run isn't listed. */
    readonly successRates: readonly ({
      /** Which runs are counted, by when their verdict fell. */
      readonly window: 'Last20Runs' | 'Last24Hours' | 'Last7Days';
      /** Over how many finished runs it is. Runs that left the cluster by the history limit, or were deleted, are not among them unless they are one of `recentRuns`. */
      readonly runs: number;
      /** How many of them were accepted. */
      readonly accepted: number;
      /** The share of them, rounded down. Example: `92%`. */
      readonly rate: string;
      /** When the verdict of the oldest of them fell, RFC 3339; the figure knows nothing of before. */
      readonly since: string;
    })[];
    /** What the last accepted runs have in common, up to 20 of them; absent before there are 5. */
    readonly usual?: {
      /** How many accepted runs it is taken from, those in the cluster. */
      readonly runs: number;
      /** When the verdict of the oldest of them fell, RFC 3339. */
      readonly since: string;
      /** The median time from init to verdict. Example: `4m12s`. */
      readonly duration?: string;
      /** How far durations are from it, 1.4826 times the median distance, which is about one standard deviation. Example: `15s`. */
      readonly spread?: string;
      /** The names of the materials that at least nine of ten of them had. At most 128. */
      readonly materials: readonly string[];
    };
    /** The accepted run whose verdict fell last, also when it isn't in the cluster any more; absent before the first. */
    readonly lastAccepted?: {
      /** The name of the WorkflowRun. Example: `build-3f9a01c2de`. */
      readonly name: string;
      /** When its verdict fell, RFC 3339. */
      readonly finishTime: string;
    };
    /** The last 20 finished runs, the newest first. They count also when they aren't in the cluster any more, so that whoever deletes a run that failed doesn't better the figures. */
    readonly recentRuns: readonly {
      /** The name of the WorkflowRun. Example: `build-3f9a01c2de`. */
      readonly name: string;
      /** The reason of its condition Succeeded. Example: `Accepted`. */
      readonly result: string;
      /** Whether it was accepted. */
      readonly accepted: boolean;
      /** When its verdict fell, RFC 3339. */
      readonly finishTime: string;
    }[];
  };
  /** Ready is True when runs may be opened. Stalled is True when nothing will change until somebody changes something; its reasons are ContractNotFound, BaselineConflict, TrustRootNotFound, StoreNotFound, NameTaken and IssuerNotAllowed. Ready is False without Stalled for ContractNotReady, BaselineNotReady and ProvisioningFailed, which are tried again, and for NameTaken while the cluster removes what an earlier Workflow of the name left. Reconciling is True while work is under way. Healthy says whether the runs go as expected and as usual, and touches nothing else: True (AsUsual), Unknown (NoHistory) before there are five finished runs, and False with the gravest of the findings: Silent, FailureRateHigh, UnusualSigner, NewRunner, UnusualMaterials, Slow. */
  readonly conditions?: readonly Condition[];
}
