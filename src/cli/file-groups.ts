import { authoredKind, validateObject } from '../api/validate.ts';
import type { AnyGroupSpec, GroupOf } from '../contract/policy-groups.ts';

/** The groups among the documents of a file, by kind and name; those that are none are passed over. */
export function groupsOfFile(documents: readonly unknown[]): GroupOf {
  const groups = new Map<string, AnyGroupSpec>();
  for (const document of documents) {
    const kind = authoredKind(document);
    if (!kind.ok || (kind.object !== 'PolicyGroup' && kind.object !== 'ClusterPolicyGroup')) continue;
    const validation = validateObject(kind.object, document);
    if (!validation.ok) continue;
    const { metadata, spec } = validation.object;
    groups.set(`${kind.object}/${metadata.name}`, spec);
  }
  return (kind, name) => groups.get(`${kind}/${name}`);
}
