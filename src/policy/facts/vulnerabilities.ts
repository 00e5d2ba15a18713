import { asRecord } from '../../api/record.ts';
import { csafVulnerabilities, isCsaf } from './csaf-vulnerabilities.ts';
import { isCycloneDx } from './cyclonedx-components.ts';
import { cycloneDxVulnerabilities } from './cyclonedx-vulnerabilities.ts';
import { isSarif, sarifVulnerabilities } from './sarif.ts';
import {
  gitLabVulnerabilities,
  isGitLabReport,
  isTwistcli,
  twistcliVulnerabilities,
} from './scanner-vulnerabilities.ts';
import { isOpenVex, openVexVulnerabilities } from './vex-vulnerabilities.ts';
import type { Vulnerability } from './vulnerability.ts';

/** The vulnerabilities that a document tells of, once for each component. Throws for a document of no known format. */
export function vulnerabilitiesOf(input: unknown): readonly Vulnerability[] {
  const document = asRecord(input) ?? {};
  if (isCycloneDx(document)) return cycloneDxVulnerabilities(document);
  if (isOpenVex(document)) return openVexVulnerabilities(document);
  if (isCsaf(document)) return csafVulnerabilities(document);
  if (isSarif(document)) return sarifVulnerabilities(document);
  if (isGitLabReport(document)) return gitLabVulnerabilities(document);
  if (isTwistcli(document)) return twistcliVulnerabilities(document);
  throw new Error('this is no list of vulnerabilities: neither CycloneDX, OpenVEX, CSAF, SARIF, GitLab nor twistcli');
}
