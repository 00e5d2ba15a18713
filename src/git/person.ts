/** Who made a commit, and when. */
export interface Person {
  readonly name: string;
  readonly email: string;
  /** RFC 3339, in UTC. */
  readonly date: string;
}

/** Characters of a name or an address: one that is cut could be somebody else's. */
const MAX_NAME = 256;
/** Seconds of up to eleven digits end in the year 5138: what follows has no form in RFC 3339 after the year 9999. */
const FORM = /^([^<>]*?) ?<([^<>]*)> (0|[1-9]\d{0,10}) [+-]\d{4}$/;

/**
 * The value of an `author` line as git writes it, `Name <mail> seconds zone`; undefined for any other. Of a second pair of
 * brackets readers differ in which is the address, and a control character would look like another name.
 */
export function readPerson(line: string, decode: (bytes: string) => string): Person | undefined {
  const [, name = '', email = '', seconds] = FORM.exec(line) ?? [];
  if (seconds === undefined) return undefined;
  const person = { name: decode(name).trim(), email: decode(email).trim() };
  const isPlain = (text: string): boolean => text.length <= MAX_NAME && !/[\p{Cc}<>]/u.test(text);
  if (!isPlain(person.name) || !isPlain(person.email)) return undefined;
  return { ...person, date: new Date(Number(seconds) * 1000).toISOString() };
}
