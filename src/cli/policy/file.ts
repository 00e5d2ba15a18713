import { Problem } from '../../api/problem.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import { authoredKind, validateObject } from '../../api/validate.ts';
import { readInput } from '../input.ts';
import type { Io } from '../io.ts';
import { yamlDocuments } from '../yaml-documents.ts';

/** A policy as a file has it. */
export interface NamedPolicy {
  readonly kind: 'Policy' | 'ClusterPolicy';
  readonly name: string;
  readonly spec: PolicySpec;
}

/** The text of a policy, and where it stands: a field, or a file. */
export interface SourceText {
  readonly at: string;
  readonly text: string;
}

/** The only Policy or ClusterPolicy of a file, among whatever else it has. Throws `usage` and `request-invalid`. */
export async function readPolicy(io: Io, file: string): Promise<NamedPolicy> {
  const policies: NamedPolicy[] = [];
  for (const value of await yamlDocuments(io, file)) {
    const kind = authoredKind(value);
    if (!kind.ok || (kind.object !== 'Policy' && kind.object !== 'ClusterPolicy')) continue;
    const validation = validateObject(kind.object, value);
    if (!validation.ok) {
      throw new Problem('request-invalid', `${file} has no valid ${kind.object}`, { errors: validation.findings });
    }
    const { metadata, spec } = validation.object;
    policies.push({ kind: kind.object, name: metadata.name, spec: spec as PolicySpec });
  }
  const [policy] = policies;
  if (policies.length === 1 && policy !== undefined) return policy;
  throw new Problem('usage', `${file} has ${policies.length} policies, and one can be evaluated at a time`);
}

/** The source: of the file that it is made from, if one is given. Throws `usage`; `how` says how one is given. */
export async function readPolicySource(
  io: Io,
  { source }: PolicySpec,
  file: string | undefined,
  how: string,
): Promise<SourceText> {
  if (file !== undefined) return { at: file, text: (await readInput(io, file)).toString('utf8') };
  if (source.inline !== undefined) return { at: 'spec.source.inline', text: source.inline };
  throw new Problem('usage', 'the source of the policy lies elsewhere, in a ConfigMap or a registry', {
    hint: `give the file that it is made from: ${how}`,
  });
}
