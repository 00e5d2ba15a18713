/** How far an envelope of the intake has come. */
export const INTAKE_STATES = ['received', 'matched', 'duplicate', 'aside'] as const;
export type IntakeState = (typeof INTAKE_STATES)[number];

/** Why an envelope is kept aside; `docs/intake.md` says of each what to do. */
export const INTAKE_REASONS = [
  'NoRun',
  'NoInvocation',
  'SeveralRuns',
  'NoMaterial',
  'SeveralMaterials',
  'UnknownSigner',
  'RunFinished',
  'Refused',
] as const;
export type IntakeReason = (typeof INTAKE_REASONS)[number];

/** `POST …/upload`, as Archivista answers it. */
export interface UploadMessage {
  readonly gitoid: string;
}

/** `GET /v1/intake` */
export interface IntakeMessage {
  /** How many there are of each state and reason, of what the caller may see. */
  readonly counts: readonly {
    readonly state: IntakeState;
    readonly reason?: IntakeReason;
    readonly count: number;
    /** Of those that are kept here, and not in an evidence store. */
    readonly bytes: number;
  }[];
  /** The newest first. */
  readonly items: readonly IntakeItem[];
}

export interface IntakeItem {
  readonly gitoid: string;
  readonly state: IntakeState;
  readonly reason?: IntakeReason;
  /** Why, in words. */
  readonly message?: string;
  readonly origin: 'post' | 'caller' | 'chains';
  /** Who handed it in; absent for one that anybody posted. */
  readonly poster?: string;
  readonly namespace?: string;
  readonly workflow?: string;
  readonly run?: string;
  readonly material?: string;
  readonly signer?: string;
  /** `sha256:…` of its bytes. */
  readonly digest: string;
  readonly predicateType: string;
  /** Bytes. */
  readonly size: number;
  readonly receiveTime: string;
  readonly expireTime: string;
}
