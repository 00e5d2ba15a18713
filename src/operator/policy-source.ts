import type { ClusterPolicy, Policy } from '../api/types.gen.ts';
import type { OperatorContext } from './context.ts';
import { readGiven, type TextReading } from './given-text.ts';
import { readArtifact } from './policy-artifact.ts';
import { policyLogin } from './policy-login.ts';

/** Of a namespace or of the cluster: what is told of the one holds of the other. */
export type AnyPolicy = Policy | ClusterPolicy;

const AT = 'spec.source';

/** The source of a policy. One of the cluster names what lies in Proviso's own namespace, another one what lies in its own. */
export function readPolicySource(context: OperatorContext, { metadata, spec }: AnyPolicy): Promise<TextReading> {
  const { source } = spec;
  if (source.oci !== undefined) {
    const { reference } = source.oci;
    const login = metadata.namespace === undefined ? policyLogin(context) : undefined;
    return readArtifact({ reference, login, signal: context.signal });
  }
  return readGiven(context.client, metadata.namespace ?? context.namespace, source, AT);
}

/** Whether a change of a ConfigMap may matter to a policy that reads from that namespace. */
export const readsFrom = ({ spec }: AnyPolicy, configMap: string): boolean =>
  spec.source.configMapRef?.name === configMap;

/** A policy as it is kept in memory: there may be thousands, and a source is read when it is looked at. */
export function withoutSource<T extends AnyPolicy>(policy: T): T {
  const { configMapRef } = policy.spec.source;
  const source = configMapRef === undefined ? {} : { configMapRef };
  return { ...policy, spec: { ...policy.spec, source } };
}
