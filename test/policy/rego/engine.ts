import type { CoveringEngine } from '../../../src/policy/coverage.ts';
import type { PolicyQuery } from '../../../src/policy/evaluation.ts';
import { createRegoEngine, type RegoOptions } from '../../../src/policy/rego/engine.ts';
import { createLogger } from '../../../src/telemetry/log.ts';
import { tool } from '../../tools/tool.ts';

/** The real OPA. */
export async function regoEngine(options: Partial<RegoOptions> = {}): Promise<CoveringEngine> {
  return createRegoEngine({ program: await tool('opa'), log: createLogger('rego', 'silent'), ...options });
}

/** An input that is judged, and what else a test says of it. */
export const queryOf = (input: unknown, more: Partial<PolicyQuery> = {}): PolicyQuery => ({
  input,
  inputs: {},
  run: { namespace: 'shop', name: 'checkout-1', workflow: 'checkout' },
  now: '2026-05-04T03:02:01Z',
  ...more,
});

/** A CycloneDX document in which every fiftieth component is under the GPL. */
export const sbomOf = (components: number): unknown => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: Array.from({ length: components }, (_, index) => ({
    type: 'library',
    'bom-ref': `pkg:npm/library-${index}@1.0.${index}`,
    name: `library-${index}`,
    version: `1.0.${index}`,
    purl: `pkg:npm/library-${index}@1.0.${index}`,
    hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
    licenses: [{ license: { id: index % 50 === 0 ? 'GPL-3.0-only' : 'MIT' } }],
    externalReferences: [{ type: 'vcs', url: `https://git.example.test/library-${index}` }],
    properties: [{ name: 'scanned-by', value: 'a scanner of the pipeline' }],
  })),
});

/** As the public ones for Chainloop are written. */
export const NO_GPL = `package main

import rego.v1

valid_input if input.bomFormat == "CycloneDX"

violations contains msg if {
	some component in input.components
	some entry in component.licenses
	startswith(entry.license.id, "GPL")
	msg := sprintf("%s is under %s", [component.name, entry.license.id])
}
`;

/** It has twenty-seven billion ways to try. */
export const ENDLESS = `package endless

import rego.v1

violations contains "x" if {
	some a in numbers.range(1, 3000)
	some b in numbers.range(1, 3000)
	some c in numbers.range(1, 3000)
	((a + b) + c) < 0
}
`;
