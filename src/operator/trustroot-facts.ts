import { X509Certificate } from 'node:crypto';
import type { CertificateAuthority, TransparencyLogInstance, TrustedRoot } from '@sigstore/protobuf-specs';
import type { TrustRootSpec, TrustRootStatus } from '../api/types.gen.ts';

export type Thresholds = NonNullable<TrustRootSpec['thresholds']>;
export type Authorities = Required<NonNullable<TrustRootStatus['authorities']>>;

export const countAuthorities = (root: TrustedRoot): Authorities => ({
  certificateAuthorities: root.certificateAuthorities.length,
  timestampAuthorities: root.timestampAuthorities.length,
  tlogs: root.tlogs.length,
  ctlogs: root.ctlogs.length,
});

/** What no signature could ever fulfil: more independent proofs than there are authorities to give them. */
export function thresholdProblem(thresholds: Thresholds, found: Authorities): string | undefined {
  const times = found.tlogs + found.timestampAuthorities;
  const rules = [
    ['logEntries', thresholds.logEntries, found.tlogs, 'tlogs'],
    ['timestamps', thresholds.timestamps, times, 'tlogs and timestampAuthorities'],
    ['ctEntries', thresholds.ctEntries, found.ctlogs, 'ctlogs'],
  ] as const;
  for (const [name, wanted = 0, there, what] of rules) {
    if (wanted > there) {
      return `spec.thresholds.${name} is ${wanted}, but the root has ${there} ${what}, so no signature could pass; lower it`;
    }
  }
  return undefined;
}

/** When a root stops being of use, and which class of authorities ends then. */
export interface Expiry {
  readonly at: Date;
  readonly what: string;
}

/**
 * When, for the first time, a class has no authority left that is valid; `undefined` if never. Classes of which the
 * thresholds ask for nothing are left aside.
 */
export function expiryOf(root: TrustedRoot, { logEntries, timestamps, ctEntries }: Thresholds): Expiry | undefined {
  const classes: readonly (readonly [what: string, ends: readonly number[]])[] = [
    ['certificateAuthorities', root.certificateAuthorities.map(authorityEnd)],
    ['timestampAuthorities', timestamps === 0 ? [] : root.timestampAuthorities.map(authorityEnd)],
    ['tlogs', timestamps === 0 && logEntries === 0 ? [] : root.tlogs.map(logEnd)],
    ['ctlogs', ctEntries === 0 ? [] : root.ctlogs.map(logEnd)],
  ];
  const [first] = classes
    .filter(([, ends]) => ends.length > 0)
    .map(([what, ends]) => ({ what, end: Math.max(...ends) }))
    .filter(({ end }) => Number.isFinite(end))
    .toSorted((a, b) => a.end - b.end);
  return first === undefined ? undefined : { at: new Date(first.end), what: first.what };
}

/** An authority ends with the first certificate of its chain, whatever it is said to be valid for. */
const authorityEnd = ({ validFor, certChain }: CertificateAuthority): number =>
  Math.min(
    endOf(validFor?.end),
    ...(certChain?.certificates ?? []).map(({ rawBytes }) => new X509Certificate(rawBytes).validToDate.getTime()),
  );

const logEnd = ({ publicKey }: TransparencyLogInstance): number => endOf(publicKey?.validFor?.end);

const endOf = (end: Date | undefined): number => end?.getTime() ?? Number.POSITIVE_INFINITY;
