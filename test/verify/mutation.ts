import fc from 'fast-check';

/** Bytes of the container that were changed, cut out or doubled. */
export const mutation = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'twice'))
    .map(([at, value, how]) => {
      if (how === 'set') return Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + 1)]);
      if (how === 'cut') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (value % 16))]);
      return Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(Math.max(0, at - (value % 16)))]);
    });
