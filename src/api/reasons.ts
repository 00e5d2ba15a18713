/** Reasons of `Succeeded` on a WorkflowRun. Those of a True or False status are final. */
export const RUN_REASON = {
  Crafting: 'Crafting',
  Verifying: 'Verifying',
  Accepted: 'Accepted',
  AcceptedWithViolations: 'AcceptedWithViolations',
  Waived: 'Waived',
  PolicyViolation: 'PolicyViolation',
  Expired: 'Expired',
  Cancelled: 'Cancelled',
  PipelineFailed: 'PipelineFailed',
} as const;

/** Reasons of `PolicyCompliant` on a WorkflowRun, which stands beside the verdict. */
export const COMPLIANCE_REASON = {
  /** True: no policy objected to anything. */
  Compliant: 'Compliant',
  /** True: all that was objected to is excused by a Waiver. */
  Waived: 'Waived',
  /** False: something was objected to, or it isn't known what a policy says. */
  Violated: 'Violated',
} as const;

/** Reasons of `PipelineSucceeded` on a WorkflowRun, which stands beside the verdict and may come after it. */
export const PIPELINE_REASON = {
  /** True: the owner of the run ended well. */
  Succeeded: 'Succeeded',
  /** False: it failed. */
  Failed: 'Failed',
  /** False: somebody stopped it. */
  Cancelled: 'Cancelled',
  /** False: it took longer than it may. */
  TimedOut: 'TimedOut',
  /** Unknown: it hasn't ended, or not begun. */
  Running: 'Running',
  /** Unknown: it was removed before anybody saw its end. */
  Gone: 'Gone',
} as const;
export type PipelineReason = (typeof PIPELINE_REASON)[keyof typeof PIPELINE_REASON];

/** Reasons of `Current` on a WorkflowRun: what it would come to by what is in force now. Its verdict stays. */
export const CURRENT_REASON = {
  /** True: nothing would be missing, and no policy objects. */
  Compliant: 'Compliant',
  /** True: all that would be missing or objected to is excused by a Waiver. */
  Waived: 'Waived',
  /** False: a policy objects, or it isn't known what it says. */
  Violated: 'Violated',
  /** False: something that is owed now was not handed in then. */
  Incomplete: 'Incomplete',
} as const;

/** Reasons of `Healthy` on a Workflow, which touches neither `Ready` nor a verdict. Events use the same words. */
export const HEALTH_REASON = {
  /** True: nothing departs from what is expected, or from what was usual. */
  AsUsual: 'AsUsual',
  /** Unknown: too few runs are finished to say. */
  NoHistory: 'NoHistory',
  /** False: no run was accepted for longer than is expected. */
  Silent: 'Silent',
  /** False: fewer runs are accepted than is expected, and chance doesn't explain it. */
  FailureRateHigh: 'FailureRateHigh',
  /** False: somebody signed who signed none of the runs before. */
  UnusualSigner: 'UnusualSigner',
  /** False: a run came from a kind of runner that none of those before came from. */
  NewRunner: 'NewRunner',
  /** False: a run lacks a material that runs usually have, or has one that none had. */
  UnusualMaterials: 'UnusualMaterials',
  /** False: the last accepted run took longer than is expected, or much longer than is usual. */
  Slow: 'Slow',
} as const;

/** Reasons of `Ready`, `Stalled` and `Reconciling` on the kinds that run for long. Events use the same words. */
export const REASON = {
  /** Ready: everything the spec asks for is in place. */
  Ready: 'Ready',
  /** Stalled: a Secret or ConfigMap that a signer names doesn't exist or lacks the key. */
  KeyNotFound: 'KeyNotFound',
  /** Stalled: the key that a signer names can't be read as a public key. */
  KeyInvalid: 'KeyInvalid',
  /** Stalled: the spec contradicts itself in a way that the API server can't see. */
  InvalidSpec: 'InvalidSpec',
  /** Stalled, and Active=False of a Waiver: the policy that is named doesn't exist. */
  PolicyNotFound: 'PolicyNotFound',
  /** Ready=False: a policy that the contract attaches isn't Ready. */
  PolicyNotReady: 'PolicyNotReady',
  /** Stalled: the contract that the Workflow names doesn't exist. */
  ContractNotFound: 'ContractNotFound',
  /** Ready=False: the contract that the Workflow names isn't Ready. */
  ContractNotReady: 'ContractNotReady',
  /** Ready=False: a ClusterContract that governs the Workflow isn't Ready. */
  BaselineNotReady: 'BaselineNotReady',
  /** Stalled: the ClusterContracts that govern the Workflow contradict each other, or leave nobody who may sign. */
  BaselineConflict: 'BaselineConflict',
  /** Stalled: a submitter is of an OIDC issuer, or for an audience, that the installation doesn't allow. */
  IssuerNotAllowed: 'IssuerNotAllowed',
  /** Stalled: the evidence store that the Workflow names, or a default one, doesn't exist. */
  StoreNotFound: 'StoreNotFound',
  /** Stalled: an object with the name of one that is to be made exists and isn't ours. Only Ready=False while it goes. */
  NameTaken: 'NameTaken',
  /** Stalled: the trusted root of a keyless signer doesn't exist, isn't for the namespace, or isn't Ready. */
  TrustRootNotFound: 'TrustRootNotFound',
  /** Stalled: a group of policies that a contract takes in doesn't exist; without it the contract would ask for less. */
  GroupNotFound: 'GroupNotFound',
  /** Ready=False: a call to the API server failed; it is tried again. */
  ProvisioningFailed: 'ProvisioningFailed',
  /** Stalled: the store could not be written, read or cleaned by the probe. */
  ProbeFailed: 'ProbeFailed',
  /** Event: what nothing keeps was removed from the archive and the store. */
  RetentionApplied: 'RetentionApplied',
  /** Moved=False: the store can't be moved there; the message says why. */
  MoveRefused: 'MoveRefused',
  /** Moved=False, and Ready=False of a store that was moved: the store it is moved to isn't Ready. */
  TargetNotReady: 'TargetNotReady',
  /** Moved=False: objects are being copied. */
  Copying: 'Copying',
  /** Moved=False: one of the two stores failed while objects were copied; it is tried again. */
  CopyFailed: 'CopyFailed',
  /** Moved=False: everything else is copied, but objects of the store are damaged. */
  ObjectsDamaged: 'ObjectsDamaged',
  /** Moved=False: everything else is copied, but objects are larger than the other store takes. */
  ObjectsTooLarge: 'ObjectsTooLarge',
  /** Moved=False: everything else is copied, but objects that runs refer to are in neither store. */
  ObjectsMissing: 'ObjectsMissing',
  /** Moved=True: everything is copied, and the other store serves the name. */
  Copied: 'Copied',
  /** Stalled: what a TrustRoot gives is no trusted root, or none that can be checked against. */
  TrustRootInvalid: 'TrustRootInvalid',
  /** Stalled: the ConfigMap that a TrustRoot or a policy names doesn't exist or lacks the key, or the artifact isn't there. */
  SourceNotFound: 'SourceNotFound',
  /** Stalled: what a policy gives as its source can't be evaluated. */
  SourceInvalid: 'SourceInvalid',
  /** Stalled: the engine of a policy isn't there, or doesn't answer; nothing passes unjudged. */
  EngineUnavailable: 'EngineUnavailable',
  /** Ready=False: nothing could be fetched yet; it is tried again. Event: a refresh failed. */
  FetchFailed: 'FetchFailed',
  /** Stalled: a class of authorities has none left that is valid, or the time of a Waiver is over. */
  Expired: 'Expired',
  /** Active=True: somebody else than its author has approved a Waiver, and its time isn't over. */
  Approved: 'Approved',
  /** Active=False: nobody has approved a Waiver yet. */
  AwaitingApproval: 'AwaitingApproval',
  /** Active=False: a Waiver is for longer than one may be. */
  TooLong: 'TooLong',
  /** Active=False: nothing held the author and the approver of a Waiver apart when it was made, or does now. */
  ApprovalNotEnforced: 'ApprovalNotEnforced',
  /** Stalled: the Secret that a Subscription names isn't there, or has no address. */
  EndpointNotFound: 'EndpointNotFound',
  /** Stalled: what a Subscription gives as its endpoint can't be one. */
  EndpointInvalid: 'EndpointInvalid',
  /** Delivering=True: the endpoint took the last event that it was told. */
  Delivered: 'Delivered',
  /** Delivering=False: it didn't; it is told again. */
  DeliveryFailed: 'DeliveryFailed',
  /** Delivering=False: spec.suspend. */
  Suspended: 'Suspended',
  /** Event: a token was issued or renewed. */
  TokenIssued: 'TokenIssued',
  /** Event: a contract got a new revision. */
  RevisionCreated: 'RevisionCreated',
  /** Event: finished runs over the history limit were removed. */
  HistoryPruned: 'HistoryPruned',
  /** Event: a pipeline that owes evidence ended without ever opening a run. */
  EvidenceMissing: 'EvidenceMissing',
  /** Event: new runs of a Workflow owe other terms. */
  ContractChanged: 'ContractChanged',
  /** Event: a run was opened. */
  RunOpened: 'RunOpened',
  /** Event: a material was taken. */
  MaterialAdded: 'MaterialAdded',
  /** Event: a material was refused; the run stays as it was. */
  MaterialRefused: 'MaterialRefused',
  /** Event: an attestation was refused; the run stays open. */
  PushRefused: 'PushRefused',
} as const;
export type Reason = (typeof REASON)[keyof typeof REASON];
