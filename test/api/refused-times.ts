import type { RefusedObject } from './refused-objects.ts';

/** A contract with a signer by this key, behind another one. */
const withKey = (key: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Contract',
  metadata: { name: 'release' },
  spec: { signers: [{ key: { inline: 'y' } }, { key: { inline: 'x', ...key } }] },
});

const FORM = /must be a time with its zone, RFC 3339, such as 2026-06-01T00:00:00Z/;
const CALENDAR = /must be a day of the calendar, such as 2026-06-01T00:00:00Z/;

const NO_TIMES: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['a day in words', 'yesterday', FORM],
  ['a time without a zone', '2026-06-01T00:00:00', FORM],
  ['a day without a time', '2026-06-01', FORM],
  ['seconds since 1970', '1767225600', FORM],
  ['nothing', '', FORM],
  ['small letters', '2026-06-01t00:00:00z', FORM],
  ['a thirteenth month', '2026-13-01T00:00:00Z', FORM],
  ['the hour 24', '2026-01-01T24:00:00Z', FORM],
  ['a leap second', '2026-06-30T23:59:60Z', FORM],
  ['a zone that no clock shows', '2026-01-01T00:00:00+99:99', FORM],
  ['29 February of a year without one', '2026-02-29T00:00:00Z', CALENDAR],
  ['the 31st of a short month', '2026-04-31T00:00:00Z', CALENDAR],
];

const SPANS: readonly (readonly [what: string, validFrom: string, validUntil: string])[] = [
  ['before it begins', '2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['when it begins', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z'],
  ['before it begins, in another zone', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+02:00'],
];

/** Times of keys. */
export const REFUSED_TIMES: readonly RefusedObject[] = [
  ...(['validFrom', 'validUntil'] as const).flatMap((field) =>
    NO_TIMES.map(
      ([what, text, says]): RefusedObject => ({
        what: `a key with ${what} as ${field}`,
        object: withKey({ [field]: text }),
        at: `spec.signers[1].key.${field}`,
        says,
        serverSays: new RegExp(`spec\\.signers\\[1\\]\\.key\\.${field}`),
      }),
    ),
  ),
  ...SPANS.map(
    ([what, validFrom, validUntil]): RefusedObject => ({
      what: `a key whose time is over ${what}`,
      object: withKey({ validFrom, validUntil }),
      at: 'spec.signers[1].key',
      says: /'validFrom' must be before 'validUntil'/,
    }),
  ),
];
