import { readBundle } from './bundle.ts';
import type { SignedContent } from './content.ts';
import { fault } from './fault.ts';
import { isSet, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';

/**
 * What the npm registry answers, `{attestations: [{predicateType, bundle}]}`, and what GitHub's API does, which names no
 * type outside of the bundle. A type that stands outside is signed by nobody and is not looked at.
 */
export function readRegistryAnswer(value: unknown, at: string): readonly SignedContent[] {
  const list = readList(readObject(value, at).attestations, `${at}/attestations`, LIMITS.contents);
  if (list.length === 0) fault(`${at}/attestations`, 'at least one attestation', 'none');
  return list.map((one, index) => {
    const inside = `${at}/attestations/${index}`;
    const attestation = readObject(one, inside);
    const isNpm = readText(attestation.predicateType, `${inside}/predicateType`) !== '';
    if (!isSet(attestation.bundle)) fault(`${inside}/bundle`, 'a bundle', 'none; fetch it from where it is kept');
    const content = readBundle(attestation.bundle, `${inside}/bundle`);
    return isNpm ? { ...content, form: 'npm' } : content;
  });
}
