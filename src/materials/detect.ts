import type { MaterialType } from '../api/material-types.ts';
import { archiveForm } from './archive/read.ts';
import { MAX_DOCUMENT_BYTES, type MaterialInput } from './kind.ts';
import { MATERIAL_KINDS } from './kinds.ts';

/** What content looks like from its first bytes; tells what isn't worth trying. */
type Shape = 'archive' | 'json' | 'xml' | 'text';

/**
 * The types that content is tried as, in this order, where nobody has said which it is. Not in it are those that would take
 * nearly anything, or that say too little of themselves: they have to be named.
 */
export const DETECTION: readonly (readonly [MaterialType, readonly Shape[]])[] = [
  ['OPENVEX', ['json']],
  ['SBOM_CYCLONEDX_JSON', ['json', 'xml']],
  ['SBOM_SPDX_JSON', ['json']],
  ['CSAF_VEX', ['json']],
  ['CSAF_INFORMATIONAL_ADVISORY', ['json']],
  ['CSAF_SECURITY_ADVISORY', ['json']],
  ['CSAF_SECURITY_INCIDENT_RESPONSE', ['json']],
  ['GITLAB_SECURITY_REPORT', ['json']],
  ['GITLEAKS_JSON', ['json']],
  ['YELP_DETECT_SECRETS_BASELINE', ['json']],
  ['SYSINTERNALS_SIGCHECK', ['text']],
  ['OSSF_SCORECARD_JSON', ['json']],
  ['OPENAPI_SPEC', ['json', 'text']],
  ['ASYNCAPI_SPEC', ['json', 'text']],
  ['GRAPHQL_SPEC', ['text']],
  ['JUNIT_XML', ['xml', 'archive']],
  ['JACOCO_XML', ['xml']],
  ['COBERTURA_XML', ['xml']],
  ['HELM_CHART', ['archive']],
  ['SARIF', ['json']],
  ['BLACKDUCK_SCA_JSON', ['json']],
  ['TWISTCLI_SCAN_JSON', ['json']],
  ['ZAP_DAST_ZIP', ['archive']],
  ['SLSA_PROVENANCE', ['json']],
  ['CHAINLOOP_RUNNER_CONTEXT', ['json']],
  ['CHAINLOOP_AI_AGENT_CONFIG', ['json']],
  ['CHAINLOOP_AI_CODING_SESSION', ['json']],
  ['ATTESTATION', ['json']],
  ['CONTAINER_IMAGE', ['json']],
];

/** The first type that takes the content, else ARTIFACT, which takes everything. */
export function detectType(input: MaterialInput): MaterialType {
  if (input.size > MAX_DOCUMENT_BYTES) return 'ARTIFACT';
  const shape = shapeOf(input.bytes);
  // An empty list is what many tools write when they have found nothing; it doesn't say which of them.
  if (shape === undefined) return 'ARTIFACT';
  const found = DETECTION.find(([type, shapes]) => shapes.includes(shape) && MATERIAL_KINDS[type].inspect(input).ok);
  return found?.[0] ?? 'ARTIFACT';
}

function shapeOf(bytes: Uint8Array): Shape | undefined {
  if (archiveForm(bytes) !== undefined) return 'archive';
  const head = Buffer.from(bytes.subarray(0, 1024))
    .toString('latin1')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '');
  const start = head.replace(/^[\s\0]+/, '');
  if (/^(?:\[\s*\]|\{\s*\})\s*$/.test(start)) return undefined;
  if (start.startsWith('<')) return 'xml';
  return /^[[{]/.test(start) ? 'json' : 'text';
}
