import { MATERIAL_TYPES, type MaterialType } from '../api/material-types.ts';
import { accesschk } from './accesschk.ts';
import { aiAgentConfig } from './ai-agent-config.ts';
import { aiCodingSession } from './ai-coding-session.ts';
import { asyncapi } from './asyncapi.ts';
import { attestation } from './attestation.ts';
import { blackduck } from './blackduck.ts';
import { checkmarx } from './checkmarx.ts';
import { cobertura } from './cobertura.ts';
import { containerImage } from './container-image.ts';
import { csafInformationalAdvisory, csafSecurityAdvisory, csafSecurityIncidentResponse, csafVex } from './csaf.ts';
import { cyclonedx } from './cyclonedx.ts';
import { detectSecrets } from './detect-secrets.ts';
import { dranzer } from './dranzer.ts';
import { ghasCodeScan, ghasDependencyScan, ghasSecretScan } from './ghas.ts';
import { gitlabReport } from './gitlab-report.ts';
import { gitleaks } from './gitleaks.ts';
import { graphql } from './graphql.ts';
import { helmChart } from './helm-chart.ts';
import { jacoco } from './jacoco.ts';
import { junit } from './junit.ts';
import type { MaterialKind } from './kind.ts';
import { artifact, evidence, text } from './opaque.ts';
import { openapi } from './openapi.ts';
import { openvex } from './openvex.ts';
import { prInfo } from './pr-info.ts';
import { radamsaCrashes, radamsaReport } from './radamsa.ts';
import { runnerContext } from './runner-context.ts';
import { sarif } from './sarif.ts';
import { scorecard } from './scorecard.ts';
import { sigcheck } from './sigcheck.ts';
import { slsaProvenance } from './slsa-provenance.ts';
import { spdx } from './spdx.ts';
import { trufflehog } from './trufflehog.ts';
import { twistcli } from './twistcli.ts';
import { zap } from './zap.ts';

/** Every type of material, by its name. */
export const MATERIAL_KINDS: Readonly<Record<MaterialType, MaterialKind>> = {
  ARTIFACT: artifact,
  ASYNCAPI_SPEC: asyncapi,
  ATTESTATION: attestation,
  BLACKDUCK_SCA_JSON: blackduck,
  CERTCC_DRANZER: dranzer,
  CHAINLOOP_AI_AGENT_CONFIG: aiAgentConfig,
  CHAINLOOP_AI_CODING_SESSION: aiCodingSession,
  CHAINLOOP_PR_INFO: prInfo,
  CHAINLOOP_RUNNER_CONTEXT: runnerContext,
  CHECKMARX_JSON: checkmarx,
  COBERTURA_XML: cobertura,
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
  GRAPHQL_SPEC: graphql,
  HELM_CHART: helmChart,
  JACOCO_XML: jacoco,
  JUNIT_XML: junit,
  OPENAPI_SPEC: openapi,
  OPENVEX: openvex,
  OSSF_SCORECARD_JSON: scorecard,
  RADAMSA_CRASHES: radamsaCrashes,
  RADAMSA_REPORT: radamsaReport,
  SARIF: sarif,
  SBOM_CYCLONEDX_JSON: cyclonedx,
  SBOM_SPDX_JSON: spdx,
  SLSA_PROVENANCE: slsaProvenance,
  STRING: text,
  SYSINTERNALS_ACCESSCHK: accesschk,
  SYSINTERNALS_SIGCHECK: sigcheck,
  TRUFFLEHOG_JSON: trufflehog,
  TWISTCLI_SCAN_JSON: twistcli,
  YELP_DETECT_SECRETS_BASELINE: detectSecrets,
  ZAP_DAST_ZIP: zap,
};

export const isMaterialType = (text: string): text is MaterialType =>
  (MATERIAL_TYPES as readonly string[]).includes(text);
