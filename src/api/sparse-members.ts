/** The last index that an object can have. */
const FAR = '4294967294';
/** What V8 takes for an index, and from where on the room for those before it counts. */
const INDEX = /^[1-9]\d{1,9}$/;

/**
 * To be called before an object gets a member of that name. One whose first member is `499` gets room for 765 of them from
 * V8, 6 KB, and a megabyte of text can make a hundred thousand such objects. One that had a member far off has a table of its
 * members instead, as `JSON.parse` makes it.
 */
export function expectMember(object: Record<string, unknown>, name: string): void {
  if (!INDEX.test(name) || Object.hasOwn(object, FAR)) return;
  object[FAR] = undefined;
  delete object[FAR];
}
