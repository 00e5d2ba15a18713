import { readFileSync } from 'node:fs';
import type { MaterialType } from '../../src/api/material-types.ts';

/** A document in `samples/`; where it comes from is in the README there. */
export interface Sample {
  readonly file: string;
  readonly type: MaterialType;
  /** Annotations that it must get, without the `chainloop.material.` in front. */
  readonly facts: Readonly<Record<string, string>>;
  /** Other types that it is a valid document of. */
  readonly also?: readonly MaterialType[];
  /** The first part of it is a document too, as of every text that is a list of lines. */
  readonly isOpenEnded?: true;
}

export const readSample = (file: string): Buffer => readFileSync(new URL(`./samples/${file}`, import.meta.url));

const CYCLONEDX = {
  'sbom.main_component.name': 'shop',
  'sbom.main_component.type': 'application',
  'sbom.main_component.version': '1.4.0',
  tools: '["cyclonedx-py@7.5.0","cyclonedx-python-lib@11.12.0"]',
};

export const DOCUMENT_SAMPLES: readonly Sample[] = [
  {
    file: 'junit-pytest.xml',
    type: 'JUNIT_XML',
    facts: { 'junit.suites': '1', 'junit.tests': '3', 'junit.failures': '1', 'junit.skipped': '1' },
  },
  {
    file: 'junit-reports.zip',
    type: 'JUNIT_XML',
    facts: { 'junit.suites': '2', 'junit.tests': '5', 'junit.failures': '1', 'junit.skipped': '2' },
  },
  {
    file: 'junit-reports.tar.gz',
    type: 'JUNIT_XML',
    facts: { 'junit.suites': '2', 'junit.tests': '5', 'junit.failures': '1', 'junit.skipped': '2' },
  },
  {
    file: 'jacoco-maven.xml',
    type: 'JACOCO_XML',
    facts: { 'jacoco.instruction.covered': '6', 'jacoco.instruction.missed': '8', 'jacoco.branch.missed': '1' },
  },
  {
    file: 'cobertura-coverage-py.xml',
    type: 'COBERTURA_XML',
    facts: { 'cobertura.line_rate': '0.75', 'cobertura.branch_rate': '0.5' },
  },
  { file: 'zap-scan.zip', type: 'ZAP_DAST_ZIP', facts: { tools: '["ZAP@2.16.1"]' } },
  {
    file: 'helm-chart.tgz',
    type: 'HELM_CHART',
    facts: { 'helm.name': 'shop', 'helm.version': '1.4.0', 'helm.app_version': '2026.11' },
  },
  {
    file: 'openapi-2.0-apispec.json',
    type: 'OPENAPI_SPEC',
    facts: { 'api.spec_version': '2.0', 'api.name': 'Shop', 'api.version': '1.4.0' },
  },
  {
    file: 'openapi-3.0-apispec.yaml',
    type: 'OPENAPI_SPEC',
    isOpenEnded: true,
    facts: { 'api.spec_version': '3.0.3', 'api.name': 'Shop', 'api.version': '1.4.0' },
  },
  {
    file: 'openapi-3.1-fastapi.json',
    type: 'OPENAPI_SPEC',
    facts: { 'api.spec_version': '3.1.0', 'api.name': 'Shop', 'api.version': '1.4.0' },
  },
  {
    file: 'openapi-3.2-written.yaml',
    type: 'OPENAPI_SPEC',
    isOpenEnded: true,
    facts: { 'api.spec_version': '3.2.0', 'api.name': 'Shop', 'api.version': '1.4.0' },
  },
  {
    file: 'asyncapi-2.6-faststream.yaml',
    type: 'ASYNCAPI_SPEC',
    isOpenEnded: true,
    facts: { 'api.spec_version': '2.6.0', 'api.name': 'Shop', 'api.protocol': 'kafka' },
  },
  {
    file: 'asyncapi-3.0-faststream.json',
    type: 'ASYNCAPI_SPEC',
    facts: { 'api.spec_version': '3.0.0', 'api.version': '1.4.0', 'api.protocol': 'kafka' },
  },
  { file: 'graphql-strawberry.graphql', type: 'GRAPHQL_SPEC', isOpenEnded: true, facts: { 'graphql.type_count': '2' } },
  {
    file: 'slsa-v1-cosign.sigstore.json',
    type: 'SLSA_PROVENANCE',
    also: ['ATTESTATION'],
    facts: {
      'slsa.predicate_type': 'https://slsa.dev/provenance/v1',
      'slsa.builder_id': 'https://shop.example/builder',
      'slsa.build_type': 'https://shop.example/build/v1',
    },
  },
  {
    file: 'slsa-v0.2-cosign.dsse.json',
    type: 'SLSA_PROVENANCE',
    also: ['ATTESTATION'],
    facts: {
      'slsa.predicate_type': 'https://slsa.dev/provenance/v0.2',
      'slsa.builder_id': 'https://shop.example/builder',
      'slsa.build_type': 'https://shop.example/build/v0',
    },
  },
  {
    file: 'attestation-cosign.sigstore.json',
    type: 'ATTESTATION',
    facts: { 'attestation.predicate_type': 'https://cosign.sigstore.dev/attestation/vuln/v1' },
  },
  {
    file: 'pr-info-written.json',
    type: 'CHAINLOOP_PR_INFO',
    facts: { 'evidence.schema': 'https://schemas.chainloop.dev/prinfo/1.3/pr-info.schema.json' },
  },
  { file: 'runner-context-written.json', type: 'CHAINLOOP_RUNNER_CONTEXT', facts: {} },
  { file: 'ai-agent-config-written.json', type: 'CHAINLOOP_AI_AGENT_CONFIG', facts: { 'aiagent.name': 'example' } },
  {
    file: 'ai-coding-session-written.json',
    type: 'CHAINLOOP_AI_CODING_SESSION',
    facts: { 'aiagent.name': 'example', 'aiagent.model': 'example-1' },
  },
  {
    file: 'spdx-2.2-tools-python.json',
    type: 'SBOM_SPDX_JSON',
    facts: {
      'sbom.main_component.name': 'shop',
      'sbom.main_component.version': '1.4.0',
      tools: '["spdx-tools@0.8.5"]',
    },
  },
  {
    file: 'spdx-2.3-tools-python.json',
    type: 'SBOM_SPDX_JSON',
    facts: {
      'sbom.main_component.name': 'shop',
      'sbom.main_component.version': '1.4.0',
      'sbom.main_component.type': 'application',
      tools: '["spdx-tools@0.8.5"]',
    },
  },
  {
    file: 'spdx-3.0-tools-java.json',
    type: 'SBOM_SPDX_JSON',
    facts: {
      'sbom.main_component.name': 'shop',
      'sbom.main_component.version': '1.4.0',
      'sbom.main_component.type': 'application',
      tools: '["spdx-tools-0.8.5"]',
    },
  },
  { file: 'cyclonedx-1.4-python.json', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.5-python.json', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.6-python.json', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.7-python.json', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.4-python.xml', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.5-python.xml', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.6-python.xml', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  { file: 'cyclonedx-1.7-python.xml', type: 'SBOM_CYCLONEDX_JSON', facts: CYCLONEDX },
  {
    file: 'cyclonedx-maven.xml',
    type: 'SBOM_CYCLONEDX_JSON',
    facts: { 'sbom.main_component.name': 'shop', tools: '["cyclonedx-maven-plugin@2.9.3"]' },
  },
];
