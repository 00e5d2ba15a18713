/** A MicroTime: RFC 3339 with exactly six digits, as strict decoders of Lease and Event demand. */
export const microTime = (date: Date): string => date.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');
