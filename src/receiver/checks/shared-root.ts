import type { RootDocument, Trust, TrustThresholds } from '../../api/trust.ts';

/** A trusted root as it goes to another thread: with its text in memory that both see, so that nothing is copied. */
export interface SharedRoot {
  readonly digest: string;
  /** UTF-8. */
  readonly text: SharedArrayBuffer;
  readonly thresholds?: TrustThresholds;
}

/** `Trust` with roots in that form. */
export interface SharedTrust extends Omit<Trust, 'roots'> {
  readonly roots: Readonly<Record<string, SharedRoot>>;
}

const REMEMBERED = 32;

/** Puts each document into shared memory once, by its digest. */
export function createRootSharing(): (trust: Trust) => SharedTrust {
  const texts = new Map<string, SharedArrayBuffer>();

  function textOf({ digest, json }: RootDocument): SharedArrayBuffer {
    const known = texts.get(digest);
    if (known !== undefined) return known;
    const text = new SharedArrayBuffer(Buffer.byteLength(json));
    Buffer.from(text).write(json);
    const [oldest] = texts.keys();
    if (texts.size >= REMEMBERED && oldest !== undefined) texts.delete(oldest);
    texts.set(digest, text);
    return text;
  }

  return ({ roots, ...trust }) => ({
    ...trust,
    roots: Object.fromEntries(
      Object.entries(roots).map(([name, document]) => {
        const { digest, thresholds } = document;
        return [name, { digest, text: textOf(document), ...(thresholds === undefined ? {} : { thresholds }) }];
      }),
    ),
  });
}

/** The documents again, read only by who doesn't know them by their digest yet. */
export const openTrust = ({ roots, ...trust }: SharedTrust): Trust => ({
  ...trust,
  roots: Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, openRoot(root)])),
});

function openRoot({ digest, text, thresholds }: SharedRoot): RootDocument {
  return {
    digest,
    get json() {
      return Buffer.from(text).toString('utf8');
    },
    ...(thresholds === undefined ? {} : { thresholds }),
  };
}
