import { KIND } from '../api/kinds.ts';
import type { ConfigMap } from '../api/object.ts';
import { REASON } from '../api/reasons.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Finding } from './conditions.ts';

export type TextReading =
  | { readonly ok: true; readonly text: string; readonly at: string }
  | { readonly ok: false; readonly finding: Finding };

/** What is given either in the spec itself or in a ConfigMap. */
interface Given {
  readonly inline?: string;
  readonly configMapRef?: { readonly name: string; readonly key: string };
}

/** The text that a part of the spec gives. */
export async function readGiven(
  client: KubeClient,
  namespace: string,
  { inline, configMapRef }: Given,
  field: string,
): Promise<TextReading> {
  if (inline !== undefined) return { ok: true, text: inline, at: `${field}.inline` };
  const { name = '', key = '' } = configMapRef ?? {};
  const at = `${field}.configMapRef`;
  const found = await client.find<ConfigMap>(KIND.ConfigMap, { namespace, name });
  if (found === undefined) {
    return notFound(
      `${at}: there is no ConfigMap ${name} in the namespace ${namespace}; create it with the document under '${key}'`,
    );
  }
  const text = found.data?.[key];
  if (text !== undefined) return { ok: true, text, at: `${at} (ConfigMap ${name})` };
  const others = Object.keys(found.data ?? {}).join(', ') || 'nothing';
  return notFound(`${at}: the ConfigMap ${name} has no key '${key}', only ${others}`);
}

const notFound = (message: string): TextReading => ({
  ok: false,
  finding: { state: 'stalled', reason: REASON.SourceNotFound, message },
});
