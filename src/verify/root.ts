import { X509Certificate } from 'node:crypto';
import { X509Certificate as LibraryCertificate } from '@sigstore/core';
import type { CertificateAuthority, TransparencyLogInstance } from '@sigstore/protobuf-specs';
import type { TrustMaterial } from '@sigstore/verify';
import type { RootDocument, TrustThresholds } from '../api/trust.ts';
import { type Authority, issuerOf } from './chain.ts';
import { createMemory } from './remembered.ts';
import { logKey, readTrustedRoot } from './trusted-root.ts';

/** A trusted root, ready to check against. */
export interface PreparedRoot {
  readonly authorities: readonly Authority[];
  readonly timestampAuthorities: TrustMaterial['timestampAuthorities'];
  readonly tlogs: TrustMaterial['tlogs'];
  readonly ctlogs: TrustMaterial['ctlogs'];
  readonly thresholds: Required<TrustThresholds>;
}

const remembered = createMemory<PreparedRoot>(32);
const ALWAYS = { start: new Date(0), end: new Date(8_640_000_000_000_000) };

/**
 * What checking against a root needs, made once for each document: its certificates are read, and the signatures between
 * them checked, once and not for every attestation. Throws when it isn't a trusted root.
 */
export function prepareRoot(document: RootDocument): PreparedRoot {
  const key = `${document.digest} ${JSON.stringify(document.thresholds ?? null)}`;
  return remembered(key, () => prepare(document));
}

function prepare({ digest, json, thresholds }: RootDocument): PreparedRoot {
  const reading = readTrustedRoot(json);
  if (!reading.ok) throw new Error(`the trusted root: ${reading.message}`);
  if (reading.digest !== digest) throw new Error(`the trusted root is ${reading.digest}, not ${digest}`);
  const { root } = reading;
  const timestampAuthorities = root.timestampAuthorities.map(timestampAuthority);
  const tlogs = root.tlogs.map(logAuthority);
  const ctlogs = root.ctlogs.map(logAuthority);
  return {
    authorities: root.certificateAuthorities.map(authority),
    timestampAuthorities,
    tlogs,
    ctlogs,
    thresholds: {
      logEntries: tlogs.length > 0 ? 1 : 0,
      timestamps: tlogs.length + timestampAuthorities.length > 0 ? 1 : 0,
      ctEntries: ctlogs.length > 0 ? 1 : 0,
      ...thresholds,
    },
  };
}

const certificatesOf = ({ certChain }: CertificateAuthority) => certChain?.certificates ?? [];

const authority = (entry: CertificateAuthority): Authority => ({
  issuers: certificatesOf(entry).map(({ rawBytes }) => issuerOf(new X509Certificate(rawBytes))),
  validFrom: entry.validFor?.start ?? ALWAYS.start,
  validUntil: entry.validFor?.end ?? ALWAYS.end,
});

const timestampAuthority = (entry: CertificateAuthority): TrustMaterial['timestampAuthorities'][number] => ({
  certChain: certificatesOf(entry).map(
    ({ rawBytes }) => new CheckedOnce(LibraryCertificate.parse(Buffer.from(rawBytes))),
  ),
  validFor: { start: entry.validFor?.start ?? ALWAYS.start, end: entry.validFor?.end ?? ALWAYS.end },
});

/** A certificate of the root: that another one of the root has signed it holds for ever, and costs a signature check each time. */
class CheckedOnce extends LibraryCertificate {
  readonly #verdicts = new WeakMap<LibraryCertificate, boolean>();
  readonly #der: Buffer;

  constructor(certificate: LibraryCertificate) {
    super(certificate.root);
    this.#der = this.root.toDER();
  }

  /** The library would write both as DER each time, which takes longer than a signature check. */
  override equals(other: LibraryCertificate): boolean {
    return other instanceof CheckedOnce ? this.#der.equals(other.#der) : super.equals(other);
  }

  override verify(issuer?: LibraryCertificate): boolean {
    const by = issuer ?? this;
    // Only among themselves: whatever else asks gets a check of its own.
    if (!(by instanceof CheckedOnce)) return super.verify(issuer);
    const known = this.#verdicts.get(by) ?? super.verify(issuer);
    this.#verdicts.set(by, known);
    return known;
  }
}

const logAuthority = (log: TransparencyLogInstance): TrustMaterial['tlogs'][number] => ({
  baseURL: log.baseUrl,
  logID: Buffer.from(log.checkpointKeyId?.keyId ?? log.logId?.keyId ?? ''),
  publicKey: logKey(log),
  validFor: {
    start: log.publicKey?.validFor?.start ?? ALWAYS.end,
    end: log.publicKey?.validFor?.end ?? ALWAYS.end,
  },
});
