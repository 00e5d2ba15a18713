import { MATERIAL_TYPES, type MaterialType } from '../api/material-types.ts';
import { accesschk } from './accesschk.ts';
import { blackduck } from './blackduck.ts';
import { checkmarx } from './checkmarx.ts';
import { containerImage } from './container-image.ts';
import { csafInformationalAdvisory, csafSecurityAdvisory, csafSecurityIncidentResponse, csafVex } from './csaf.ts';
import { cyclonedx } from './cyclonedx.ts';
import { detectSecrets } from './detect-secrets.ts';
import { dranzer } from './dranzer.ts';
import { ghasCodeScan, ghasDependencyScan, ghasSecretScan } from './ghas.ts';
import { gitlabReport } from './gitlab-report.ts';
import { gitleaks } from './gitleaks.ts';
import { junit } from './junit.ts';
import type { MaterialKind } from './kind.ts';
import { artifact, evidence, text } from './opaque.ts';
import { openvex } from './openvex.ts';
import { radamsaReport } from './radamsa.ts';
import { sarif } from './sarif.ts';
import { scorecard } from './scorecard.ts';
import { sigcheck } from './sigcheck.ts';
import { spdx } from './spdx.ts';
import { trufflehog } from './trufflehog.ts';
import { twistcli } from './twistcli.ts';

/** Every type of material, by its name. */
export const MATERIAL_KINDS: Readonly<Record<MaterialType, MaterialKind>> = {
  ARTIFACT: artifact,
  BLACKDUCK_SCA_JSON: blackduck,
  CERTCC_DRANZER: dranzer,
  CHECKMARX_JSON: checkmarx,
  CONTAINER_IMAGE: containerImage,
  CSAF_INFORMATIONAL_ADVISORY: csafInformationalAdvisory,
  CSAF_SECURITY_ADVISORY: csafSecurityAdvisory,
  CSAF_SECURITY_INCIDENT_RESPONSE: csafSecurityIncidentResponse,
  CSAF_VEX: csafVex,
  EVIDENCE: evidence,
  GHAS_CODE_SCAN: ghasCodeScan,
  GHAS_DEPENDENCY_SCAN: ghasDependencyScan,
  GHAS_SECRET_SCAN: ghasSecretScan,
  GITLAB_SECURITY_REPORT: gitlabReport,
  GITLEAKS_JSON: gitleaks,
  JUNIT_XML: junit,
  OPENVEX: openvex,
  OSSF_SCORECARD_JSON: scorecard,
  RADAMSA_REPORT: radamsaReport,
  SARIF: sarif,
  SBOM_CYCLONEDX_JSON: cyclonedx,
  SBOM_SPDX_JSON: spdx,
  STRING: text,
  SYSINTERNALS_ACCESSCHK: accesschk,
  SYSINTERNALS_SIGCHECK: sigcheck,
  TRUFFLEHOG_JSON: trufflehog,
  TWISTCLI_SCAN_JSON: twistcli,
  YELP_DETECT_SECRETS_BASELINE: detectSecrets,
};

export const isMaterialType = (text: string): text is MaterialType =>
  (MATERIAL_TYPES as readonly string[]).includes(text);
