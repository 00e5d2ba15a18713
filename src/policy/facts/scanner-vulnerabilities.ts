import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { scoreOf, severityOf } from './severity.ts';
import type { Vulnerability } from './vulnerability.ts';

/** A report of GitLab's scanners says of itself what it is. */
export const isGitLabReport = (document: UnknownRecord): boolean =>
  asRecord(asRecord(document.scan)?.scanner) !== undefined && Array.isArray(document.vulnerabilities);

export const gitLabVulnerabilities = (document: UnknownRecord): readonly Vulnerability[] =>
  asArray(document.vulnerabilities).map((each) => {
    const vulnerability = asRecord(each) ?? {};
    const identifiers = asArray(vulnerability.identifiers).map((identifier) => asRecord(identifier) ?? {});
    const identifier = identifiers.find(({ type }) => type === 'cve') ?? identifiers[0];
    const { dependency, file } = asRecord(vulnerability.location) ?? {};
    const { package: named, version } = asRecord(dependency) ?? {};
    const name = asText(asRecord(named)?.name);
    return {
      id: asText(identifier?.name) ?? asText(vulnerability.id) ?? '',
      severity: severityOf(vulnerability.severity, 0),
      score: 0,
      component: name === undefined ? (asText(file) ?? '') : withVersion(name, version),
      status: 'unknown',
    };
  });

export const isTwistcli = (document: UnknownRecord): boolean =>
  asArray(document.results).some((result) => asRecord(result)?.vulnerabilityDistribution !== undefined);

export const twistcliVulnerabilities = (document: UnknownRecord): readonly Vulnerability[] =>
  asArray(document.results)
    .flatMap((result) => asArray(asRecord(result)?.vulnerabilities))
    .map((each) => {
      const { id, severity, cvss, packageName, packageVersion } = asRecord(each) ?? {};
      const score = scoreOf(cvss);
      return {
        id: asText(id) ?? '',
        severity: severityOf(severity, score),
        score,
        component: withVersion(asText(packageName) ?? '', packageVersion),
        status: 'unknown',
      };
    });

const withVersion = (name: string, version: unknown): string =>
  asText(version) === undefined ? name : `${name}@${version}`;
