import type { AnySchemaObject } from 'ajv';
import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { accepted, refused } from './kind.ts';
import { listed } from './listed.ts';
import { schemaCheck } from './schema.ts';
import { signedStatements } from './signed-statement.ts';

const URI = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:.' } as const;
const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)$',
};
const DIGESTS = { type: 'object', additionalProperties: { type: 'string', minLength: 1 } };
const OBJECT = { type: ['object', 'null'] };
/** Null, empty and absent are one, says the specification. */
const orNull = (schema: AnySchemaObject): AnySchemaObject => ({ anyOf: [{ type: 'null' }, { const: '' }, schema] });
const DESCRIPTORS = orNull({
  type: 'array',
  items: { type: 'object', properties: { uri: { type: 'string' }, name: { type: 'string' }, digest: orNull(DIGESTS) } },
});

/** What the specification says must be there; there is no schema of it but in Protobuf and CUE. */
const V1 = schemaCheck({
  type: 'object',
  required: ['buildDefinition', 'runDetails'],
  properties: {
    buildDefinition: {
      type: 'object',
      required: ['buildType', 'externalParameters'],
      properties: {
        buildType: URI,
        externalParameters: { type: 'object' },
        internalParameters: OBJECT,
        resolvedDependencies: DESCRIPTORS,
      },
    },
    runDetails: {
      type: 'object',
      required: ['builder'],
      properties: {
        builder: {
          type: 'object',
          required: ['id'],
          properties: { id: URI, version: OBJECT, builderDependencies: DESCRIPTORS },
        },
        metadata: {
          type: ['object', 'null'],
          properties: { invocationId: { type: 'string' }, startedOn: orNull(TIME), finishedOn: orNull(TIME) },
        },
        byproducts: DESCRIPTORS,
      },
    },
  },
});

const V02 = schemaCheck({
  type: 'object',
  required: ['builder', 'buildType'],
  properties: {
    builder: { type: 'object', required: ['id'], properties: { id: URI } },
    buildType: URI,
    invocation: { type: ['object', 'null'], properties: { configSource: OBJECT } },
    metadata: {
      type: ['object', 'null'],
      properties: { buildStartedOn: orNull(TIME), buildFinishedOn: orNull(TIME), completeness: OBJECT },
    },
    materials: DESCRIPTORS,
  },
});

interface Version {
  readonly check: typeof V1;
  readonly builderOf: (predicate: UnknownRecord) => UnknownRecord | undefined;
  readonly buildTypeOf: (predicate: UnknownRecord) => unknown;
}

const VERSIONS: ReadonlyMap<string, Version> = new Map([
  [
    'https://slsa.dev/provenance/v1',
    {
      check: V1,
      builderOf: ({ runDetails }) => asRecord(asRecord(runDetails)?.builder),
      buildTypeOf: ({ buildDefinition }) => asRecord(buildDefinition)?.buildType,
    },
  ],
  [
    'https://slsa.dev/provenance/v0.2',
    {
      check: V02,
      builderOf: ({ builder }) => asRecord(builder),
      buildTypeOf: ({ buildType }) => buildType,
    },
  ],
]);

/** SLSA_PROVENANCE: signed in-toto statements with SLSA provenance v0.2 or v1. */
export const slsaProvenance = signedStatements(
  'SLSA_PROVENANCE',
  {
    accepts: 'A Sigstore bundle or DSSE envelope with SLSA provenance, or lines of them.',
    versions: ['v0.2', 'v1'],
    facts: ['slsa.predicate_type', 'slsa.builder_id', 'slsa.build_type'],
  },
  (statements) => {
    const types: string[] = [];
    const builders: string[] = [];
    const buildTypes: string[] = [];
    for (const { statement } of statements) {
      const type = asText(statement.predicateType) ?? '';
      const version = VERSIONS.get(type);
      if (version === undefined) {
        const known = [...VERSIONS.keys()].join(' or ');
        return refused({ at: '/payload/predicateType', message: `must be ${known}, not '${excerpt(type)}'` });
      }
      const findings = version.check(statement.predicate);
      if (findings.length > 0) return refused(...findings.map(inPredicate));
      const predicate = asRecord(statement.predicate) ?? {};
      types.push(type);
      builders.push(String(version.builderOf(predicate)?.id));
      buildTypes.push(String(version.buildTypeOf(predicate)));
    }
    return accepted({
      annotations: {
        'chainloop.material.slsa.predicate_type': listed(types),
        'chainloop.material.slsa.builder_id': listed(builders),
        'chainloop.material.slsa.build_type': listed(buildTypes),
      },
      ...(statements.length === 1 && statements[0] !== undefined ? { mediaType: statements[0].mediaType } : {}),
    });
  },
);

const inPredicate = ({ at = '', message }: Finding): Finding => ({
  at: `/payload/predicate${at === '/' ? '' : at}`,
  message,
});
