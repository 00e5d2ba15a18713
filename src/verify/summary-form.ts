import { isDateTime } from '../api/date-time.ts';
import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';

/** What a SLSA verification summary says, once it holds to the rules of its form. */
export interface Summary {
  readonly verifierId: string;
  /** RFC 3339; optional in SLSA. */
  readonly timeVerified?: string;
  readonly resourceUri: string;
  readonly policy: { readonly uri: string; readonly digest?: string };
  /** `sha256:…` of every attestation that was looked at; empty when it says nothing of them. */
  readonly inputAttestations: readonly string[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
}

export type SummaryReading =
  | { readonly ok: true; readonly summary: Summary }
  | { readonly ok: false; readonly message: string };

const LEVEL = /^SLSA_([A-Z]+(?:_[A-Z]+)*)_LEVEL_(\d+|UNEVALUATED)$/;

/**
 * Reads the predicate of https://slsa.dev/verification_summary/v1 by its own rules: required members are there, nobody but
 * SLSA names levels `SLSA_…`, a track has one level, each input has a digest. Members that aren't known are ignored.
 */
export function readSummary(predicate: unknown): SummaryReading {
  const record = asRecord(predicate) ?? {};
  const verifierId = asText(asRecord(record.verifier)?.id);
  const resourceUri = asText(record.resourceUri);
  const policy = asRecord(record.policy) ?? {};
  const uri = asText(policy.uri);
  const result = record.verificationResult;
  const time = record.timeVerified;
  if (verifierId === undefined || !isUri(verifierId)) return refuse('verifier.id must be a URI');
  if (resourceUri === undefined || !isUri(resourceUri)) return refuse('resourceUri must be a URI');
  if (uri === undefined || !isUri(uri)) return refuse('policy.uri must be a URI');
  if (result !== 'PASSED' && result !== 'FAILED') return refuse('verificationResult must be PASSED or FAILED');
  if (time !== undefined && !isDateTime(time)) return refuse('timeVerified must be a time');
  const levels = asArray(record.verifiedLevels).map(asText);
  const fault = levelsFault(levels);
  if (fault !== undefined) return refuse(fault);
  const inputs = asArray(record.inputAttestations).map((entry) => sha256Of(asRecord(entry) ?? {}));
  if (inputs.includes(undefined)) return refuse('each of inputAttestations must have a digest sha256');
  const policyDigest = sha256Of(policy);
  return {
    ok: true,
    summary: {
      verifierId,
      ...(time === undefined ? {} : { timeVerified: time }),
      resourceUri,
      policy: { uri, ...(policyDigest === undefined ? {} : { digest: policyDigest }) },
      inputAttestations: inputs.filter((input) => input !== undefined),
      verificationResult: result,
      verifiedLevels: levels.filter((level) => level !== undefined),
    },
  };
}

const refuse = (message: string): SummaryReading => ({ ok: false, message });

const isUri = (text: string): boolean => URL.canParse(text);

const HEX = /^[0-9a-f]{64}$/;

/** The SHA-256 of a ResourceDescriptor or subject as `sha256:…`. */
export function sha256Of(descriptor: UnknownRecord): string | undefined {
  const hex = asText(asRecord(descriptor.digest)?.sha256);
  return hex !== undefined && HEX.test(hex) ? `sha256:${hex}` : undefined;
}

function levelsFault(levels: readonly (string | undefined)[]): string | undefined {
  if (levels.length === 0) return 'verifiedLevels must name at least one level';
  const tracks = new Set<string>();
  for (const level of levels) {
    if (level === undefined) return 'verifiedLevels must be texts';
    if (!level.startsWith('SLSA_')) continue;
    const track = LEVEL.exec(level)?.[1];
    if (track === undefined) return `${level} is no level of SLSA, and only those may begin with SLSA_`;
    if (tracks.has(track)) return `verifiedLevels has two levels of the track ${track}`;
    tracks.add(track);
  }
  return undefined;
}

/** Whether levels contain one that is wanted: the same word, or of a SLSA track as high a level. */
export function reaches(levels: readonly string[], wanted: string): boolean {
  const [, track, least] = LEVEL.exec(wanted) ?? [];
  if (track === undefined || least === 'UNEVALUATED') return levels.includes(wanted);
  return levels.some((level) => {
    const [, ownTrack, own] = LEVEL.exec(level) ?? [];
    return ownTrack === track && Number(own) >= Number(least);
  });
}
