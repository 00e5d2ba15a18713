import { oidText, readElements, readInside, TAG } from './der.ts';
import type { Extensions } from './extensions.ts';

const ALTERNATIVE_NAME = '2.5.29.17';
/** The name of a user that is no address, as Fulcio writes it: a UTF8String in an otherName. */
const FULCIO_USERNAME = '1.3.6.1.4.1.57264.1.7';

/** Context tags of GeneralName (RFC 5280, 4.2.1.6). */
const OTHER = 0xa0;
const TEXTS: Readonly<Record<number, SubjectName['type']>> = { 129: 'email', 130: 'dns', 134: 'uri' };

/** Who a certificate is for. */
export interface SubjectName {
  readonly type: 'uri' | 'email' | 'dns' | 'username';
  readonly value: string;
}

/**
 * The one subject alternative name of a certificate for signing; in words what is wrong if it isn't one: of several, readers
 * differ in which they take.
 */
export function subjectName(extensions: Extensions): SubjectName | string {
  const extension = extensions.get(ALTERNATIVE_NAME);
  if (extension === undefined) return 'none';
  const names = readInside(extension.value, TAG.sequence);
  const [only, ...others] = names;
  if (only === undefined) return 'an empty one';
  if (others.length > 0) return `${names.length} names`;
  const type = TEXTS[only.tag];
  if (type !== undefined) return named(type, only.content);
  if (only.tag !== OTHER) return 'a name of another kind';
  const [oid, holder] = readElements(only.content);
  if (oid?.tag !== TAG.oid || oidText(oid.content) !== FULCIO_USERNAME || holder?.tag !== 0xa0)
    return 'a name of another kind';
  const [text] = readElements(holder.content);
  return text?.tag === TAG.utf8 ? named('username', text.content) : 'a name of another kind';
}

/** IA5String has ASCII alone; anything else, and a control character, would look like another name. */
function named(type: SubjectName['type'], content: Buffer): SubjectName | string {
  const value = content.toString('utf8');
  const isPlain = type === 'username' ? !/\p{Cc}/u.test(value) : /^[\x21-\x7e]+$/.test(value);
  if (value === '' || !isPlain || !Buffer.from(value, 'utf8').equals(content))
    return 'a name that is empty or not plain text';
  return { type, value };
}
