import { decodeJwt } from 'jose';
import { AUDIENCE, submitterName } from '../api/labels.ts';
import { type Finding, Problem } from '../api/problem.ts';
import { asRecord, asText } from '../api/record.ts';

/** Where the receiver is, seen from a pod, as the operator tells it by default. */
export const SERVICE = 'https://proviso-receiver.proviso-system.svc';

/** The kubelet says so in every container. */
export const isInPod = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env.KUBERNETES_SERVICE_HOST !== undefined && env.KUBERNETES_SERVICE_HOST !== '';

/** What a token of a service account says of itself. It is believed for what is meant, and proves nothing here. */
export interface Account {
  readonly namespace?: string;
  /** Of which the account was provisioned, going by its name. */
  readonly workflow?: string;
  readonly audiences: readonly string[];
}

/** `undefined` of any other token. */
export function accountOf(token: string): Account | undefined {
  try {
    const { aud = [], ...claims } = decodeJwt(token);
    const kubernetes = asRecord(claims['kubernetes.io']);
    if (kubernetes === undefined) return undefined;
    const namespace = asText(kubernetes.namespace);
    const name = asText(asRecord(kubernetes.serviceaccount)?.name);
    const prefix = submitterName('');
    const workflow = name?.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(workflow === undefined ? {} : { workflow }),
      audiences: [aud].flat(),
    };
  } catch {
    return undefined;
  }
}

/**
 * A token of a service account that is for somebody else, such as the API server's that every pod has, is not shown to the
 * receiver. Throws `not-configured`.
 */
export function refuseOtherAudience(token: string, dir: string): void {
  const account = accountOf(token);
  if (account === undefined || account.audiences.includes(AUDIENCE)) return;
  const whose = account.audiences.join(', ') || 'nobody';
  throw notMounted(`the token is for ${whose}, not for ${AUDIENCE}`, [], account, dir);
}

/** A problem of a pod, with what its spec has to have. */
export const notMounted = (
  message: string,
  missing: readonly Finding[],
  account: Pick<Account, 'workflow'>,
  dir: string,
): Problem =>
  new Problem('not-configured', message, {
    errors: [...missing, ...whatToMount(account, dir)],
    hint: `Put these fields into the spec of the pod. The Secret may also be mounted whole at ${dir}, without a service account: then each proviso init opens a run of its own.`,
  });

/** Fields of a pod's spec, each in one line of YAML. */
export function whatToMount({ workflow = 'WORKFLOW' }: Pick<Account, 'workflow'>, dir: string): readonly Finding[] {
  const name = submitterName(workflow);
  const token = `{serviceAccountToken: {audience: ${AUDIENCE}, path: token}}`;
  const items = ['endpoint', 'ca.crt'].map((key) => `{key: ${key}, path: ${key}}`).join(', ');
  const secret = `{secret: {name: ${name}, items: [${items}]}}`;
  return [
    { at: 'spec.serviceAccountName', message: name },
    { at: 'spec.containers[].volumeMounts', message: `[{name: proviso, mountPath: ${dir}, readOnly: true}]` },
    { at: 'spec.volumes', message: `[{name: proviso, projected: {sources: [${token}, ${secret}]}}]` },
  ];
}
