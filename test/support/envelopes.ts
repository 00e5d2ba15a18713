import { sign } from 'node:crypto';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import type { TestKey } from './signing.ts';

/** A statement signed as Tekton Chains and Witness do: a bare DSSE envelope, JSON with a newline behind it. */
export function signedEnvelope(statement: object, { privateKey }: TestKey): string {
  const payload = Buffer.from(JSON.stringify(statement));
  return `${JSON.stringify(dsseEnvelope(payload, sign('sha256', preAuthEncoding(PAYLOAD_TYPE, payload), privateKey)))}\n`;
}

/** What provenance is about. */
export interface Provenance {
  /** `sha256:…` of what was built. */
  readonly of: string;
  /** The uid of the TaskRun or PipelineRun, if it is stated. */
  readonly invocation?: string;
  readonly buildType?: string;
  /** Makes it another one than the one before. */
  readonly note?: string;
}

/** SLSA provenance v1, as Tekton Chains writes it in the format `slsa/v2alpha4` if nothing else is said. */
export function provenance({ of, invocation, note, buildType = CHAINS }: Provenance): object {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app', digest: { sha256: of.slice('sha256:'.length) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: { buildType, externalParameters: note === undefined ? {} : { note } },
      runDetails: {
        builder: { id: 'https://tekton.dev/chains/v2' },
        metadata: invocation === undefined ? {} : { invocationId: invocation },
      },
    },
  };
}

const CHAINS = 'https://tekton.dev/chains/v2/slsa';

/** A statement of Witness: a collection of what a step did. */
export const collection = (of: string): object => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  subject: [
    { name: 'https://witness.dev/attestations/product/v0.1/file:app', digest: { sha256: of.slice('sha256:'.length) } },
  ],
  predicateType: 'https://witness.testifysec.com/attestation-collection/v0.1',
  predicate: { name: 'build', attestations: [] },
});
