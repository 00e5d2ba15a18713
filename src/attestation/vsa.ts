import {
  type Acceptance,
  attestationUri,
  type ControlPlaneStatement,
  digestSet,
  policyUri,
  resourceUri,
  statementAbout,
} from './acceptance.ts';
import type { RunRecord } from './record.ts';

/** SLSA verification summary, https://slsa.dev/verification_summary/v1 */
export const VSA_TYPE = 'https://slsa.dev/verification_summary/v1';
/** Of an accepted run: nothing that its contract asks for was missing. */
export const CONTRACT_MET = 'PROVISO_CONTRACT_MET';
/** Instead of that, where something was missing and a Waiver excused it. */
export const CONTRACT_WAIVED = 'PROVISO_CONTRACT_WAIVED';
/** Of a run whose contract attaches policies: none of them objected to anything, and none was excused. */
export const POLICIES_PASSED = 'PROVISO_POLICIES_PASSED';
/** The version of SLSA whose build track the levels are of. */
const SLSA_VERSION = '1.1';

/** The summary of the verification that accepted a run. */
export function renderSummary(acceptance: Acceptance): ControlPlaneStatement {
  const { record, verifierId, version, attestation, time } = acceptance;
  return statementAbout(acceptance, VSA_TYPE, {
    verifier: { id: verifierId, version: { proviso: version } },
    timeVerified: time,
    resourceUri: resourceUri(verifierId, record.namespace, record.workflow),
    policy: { uri: policyUri(acceptance), digest: digestSet(record.contractDigest) },
    inputAttestations: [{ uri: attestationUri(acceptance), digest: digestSet(attestation) }],
    verificationResult: 'PASSED',
    verifiedLevels: levelsOf(record),
    slsaVersion: SLSA_VERSION,
  });
}

/**
 * Level 2 where the cluster knows what ran the pipeline, level 1 where it knows only a pod; of a run from outside it knows
 * nothing about the build. Never 3: that other builds can't reach into a pod is nothing Proviso can see (docs/statements.md).
 */
function levelsOf({ owner, runner, policies, waivers = [] }: RunRecord): readonly string[] {
  const passed = policies !== undefined && policies.violations === undefined;
  const isMet = waivers.every(({ material }) => material === undefined);
  const own = [isMet ? CONTRACT_MET : CONTRACT_WAIVED, ...(passed ? [POLICIES_PASSED] : [])];
  if (owner === undefined) return own;
  return [...own, runner.authenticated ? 'SLSA_BUILD_LEVEL_2' : 'SLSA_BUILD_LEVEL_1'];
}
