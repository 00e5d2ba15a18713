import { API_VERSION } from '../../src/api/labels.ts';
import type { Crd, SchemaNode } from './crds.ts';

/** Kinds that only Proviso writes: nobody has a file of one to check. */
const NOT_AUTHORED: ReadonlySet<string> = new Set(['WorkflowRun']);

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } };

/** Object metadata; what the API server fills in is let through, since exported files carry it. */
const METADATA = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 253, pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$' },
    namespace: { type: 'string', minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    labels: TEXTS,
    annotations: TEXTS,
    finalizers: { type: 'array', items: { type: 'string' } },
    ...Object.fromEntries(
      [
        ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'managedFields'],
        ...['ownerReferences', 'deletionGracePeriodSeconds', 'selfLink'],
      ].map((name) => [name, {}]),
    ),
  },
  required: ['name'],
  additionalProperties: false,
};

/**
 * The schemas of what people write, for checks without a cluster: plain JSON Schema with unknown fields refused. What
 * only the API server can judge (CEL) is left out, and keyed lists keep their keys as `x-list-keys`.
 */
export function generateSchemas(crds: readonly Crd[]): string {
  const authored = crds.filter(({ kind }) => !NOT_AUTHORED.has(kind));
  const schemas = Object.fromEntries(authored.map(({ kind, schema }) => [kind, root(kind, schema)]));
  return `/* Generated from crds/ by scripts/gen.ts; run \`make gen\` after a change there. */
export const SCHEMAS = ${JSON.stringify(schemas, undefined, 1)} as const;
`;
}

/** The whole object. A status is let through: the API server drops it from what people send. */
function root(kind: string, { properties = {}, ...node }: SchemaNode): object {
  const { spec = {} } = properties;
  return {
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', ...(node.required ?? [])],
    properties: {
      apiVersion: { type: 'string', enum: [API_VERSION] },
      kind: { type: 'string', enum: [kind] },
      metadata: METADATA,
      spec: close(spec),
      status: {},
    },
    additionalProperties: false,
  };
}

function close(node: SchemaNode): object {
  const { properties, items, additionalProperties, description, format, ...rest } = node;
  const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('x-kubernetes')));
  const keys = node['x-kubernetes-list-map-keys'];
  const isSet = node['x-kubernetes-list-type'] === 'set';
  return {
    ...own,
    ...(format === 'date-time' ? { format } : {}),
    ...(keys === undefined ? {} : { 'x-list-keys': keys }),
    ...(isSet ? { uniqueItems: true } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, close(child)])),
          additionalProperties: false,
        }),
    ...(items === undefined ? {} : { items: close(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: close(additionalProperties) } : {}),
  };
}
