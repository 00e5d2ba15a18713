import { asArray, asRecord, asText } from '../../api/record.ts';
import { parseStrictJson } from '../../api/strict-json.ts';
import { decodeBase64 } from '../../verify/base64.ts';
import type { TektonObject } from './tekton.ts';

const PREFIX = 'chains.tekton.dev/';

/** What Tekton Chains says of a TaskRun or PipelineRun: that it is at an end with it, well or not; undefined while it isn't. */
export const signedOf = ({ metadata }: TektonObject): 'true' | 'failed' | undefined => {
  const said = metadata.annotations?.[`${PREFIX}signed`];
  return said === 'true' || said === 'failed' ? said : undefined;
};

/**
 * The envelope about the object itself that Chains keeps in its annotations, once it is at an end; with the certificate and its chain
 * inside of the signature, where slsa-github-generator has them too. Undefined where there is none, or none that can be read. One under
 * the id of another object was copied with the annotations of a run that was started again, and isn't about this one.
 */
export function annotatedEnvelope(object: TektonObject): Buffer | undefined {
  if (signedOf(object) !== 'true') return undefined;
  const id = `${object.kind?.toLowerCase() ?? ''}-${object.metadata.uid}`;
  const decoded = (name: string): Buffer | undefined =>
    decodeBase64(object.metadata.annotations?.[`${PREFIX}${name}-${id}`]);
  const bytes = decoded('signature');
  if (bytes === undefined) return undefined;
  const certificates = ['cert', 'chain'].map((name) => decoded(name)?.toString('utf8').trim() ?? '');
  if (certificates[0] === '') return bytes;
  const parsed = parseStrictJson(bytes);
  const envelope = parsed.ok ? asRecord(parsed.value) : undefined;
  const [signature, ...others] = asArray(envelope?.signatures).map(asRecord);
  // What stands outside could be about no other; of several, nobody can tell about which.
  if (signature === undefined || others.length > 0 || asText(signature.sig) === undefined) return undefined;
  const cert = certificates.filter((pem) => pem !== '').join('\n');
  return Buffer.from(JSON.stringify({ ...envelope, signatures: [{ ...signature, cert: `${cert}\n` }] }));
}
