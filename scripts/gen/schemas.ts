import type { Crd, SchemaNode } from './crds.ts';

/**
 * The schemas of what people write, for checks without a cluster: plain JSON Schema with unknown fields refused. What
 * only the API server can judge (CEL) is left out, and keyed lists keep their keys as `x-list-keys`.
 */
export function generateSchemas(crds: readonly Crd[]): string {
  const schemas = Object.fromEntries(crds.map((crd) => [crd.kind, close(crd.schema, true)]));
  return `/* Generated from crds/ by scripts/gen.ts; run \`make gen\` after a change there. */
export const SCHEMAS: Readonly<Record<string, object>> = ${JSON.stringify(schemas, undefined, 1)};
`;
}

function close(node: SchemaNode, isRoot = false): object {
  const { properties, items, additionalProperties, description, ...rest } = node;
  const own = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('x-kubernetes')));
  const keys = node['x-kubernetes-list-map-keys'];
  const isSet = node['x-kubernetes-list-type'] === 'set';
  return {
    ...own,
    ...(keys === undefined ? {} : { 'x-list-keys': keys }),
    ...(isSet ? { uniqueItems: true } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries([
            ...(isRoot ? [['metadata', { type: 'object' }]] : []),
            ...Object.entries(properties)
              .filter(([name]) => !isRoot || name !== 'status')
              .map(([name, child]) => [name, close(child)]),
          ]),
          additionalProperties: false,
        }),
    ...(items === undefined ? {} : { items: close(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: close(additionalProperties) } : {}),
  };
}
