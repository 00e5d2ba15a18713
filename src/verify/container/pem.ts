import { decodeBase64 } from '../base64.ts';
import { fault } from './fault.ts';
import { checkCertificateDer } from './fields.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----';
/** Lines of its own for both marks, as readers in Go demand; between blocks stand empty lines alone. */
const BLOCK = /[\r\n]*-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+\n)-----END CERTIFICATE-----(?:[\r\n]+|$)/y;

/**
 * The certificates of a PEM text, in its order: at least one, at most `max`, and nothing else. Of text between blocks or
 * blocks of another kind each reader makes what it likes.
 */
export function readPem(text: unknown, at: string, max: number): readonly Buffer[] {
  if (typeof text !== 'string') return fault(at, 'certificates in PEM', 'no text');
  const certificates: Buffer[] = [];
  let rest = text;
  for (const match of blocksOf(text)) {
    if (certificates.length === max) fault(at, max === 1 ? 'one certificate' : `at most ${max} certificates`, 'more');
    const der = decodeBase64(match[1]?.replaceAll(/[\r\n]/g, ''));
    if (der === undefined) return fault(at, 'certificates in PEM', 'a block that is not base64');
    certificates.push(checkCertificateDer(der, at));
    rest = text.slice(match.index + match[0].length);
  }
  if (certificates.length === 0) fault(at, `a PEM block '${BEGIN}'`, rest);
  if (rest !== '') fault(at, 'certificates in PEM and nothing else', rest);
  return certificates;
}

/** Each block starts where the last one ended. */
function* blocksOf(text: string): Generator<RegExpExecArray> {
  const pattern = new RegExp(BLOCK);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) yield match;
}
