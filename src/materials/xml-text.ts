export type XmlText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

const DECLARED = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]{1,40})["']/;

/**
 * The text of an XML document in the encoding that its byte order mark names, else its declaration, else UTF-8. Writers on
 * Windows use all three; bytes that aren't of that encoding are refused and not guessed at.
 */
export function xmlText(bytes: Uint8Array): XmlText {
  const encoding = markedEncoding(bytes) ?? declaredEncoding(bytes);
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch (error) {
    const isUnknown = error instanceof RangeError;
    return {
      ok: false,
      message: isUnknown ? `the encoding '${encoding}' is not known; write UTF-8` : `the text is not ${encoding}`,
    };
  }
}

function markedEncoding([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'UTF-16LE';
  return first === 0xfe && second === 0xff ? 'UTF-16BE' : undefined;
}

function declaredEncoding(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 256))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const declared = DECLARED.exec(head)?.[1] ?? 'UTF-8';
  // What could be read byte by byte is no UTF-16, whatever it says; .NET is known to write that into UTF-8.
  return /^utf-?16/i.test(declared) ? 'UTF-8' : declared;
}
