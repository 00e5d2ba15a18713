import { stripVTControlCharacters } from 'node:util';
import type { ContractMaterialMessage } from '../../api/contract-messages.ts';
import { excerpt } from '../../api/excerpt.ts';
import type { RecordedMaterial } from '../../api/types.gen.ts';
import { annotationFlags } from '../../contract/asked.ts';
import type { MaterialStanding, MaterialState } from '../../contract/standing.ts';
import type { Io } from '../io.ts';
import { formatBytes, shortDigest } from './bytes.ts';
import { plain } from './plain.ts';
import { formatTable } from './table.ts';

type Row = MaterialStanding<ContractMaterialMessage>;
type Digests = (digest: string) => string;

/**
 * Each material in a line, with its whole digest; on a terminal that is too narrow for that with the beginning of it, and on
 * one that is too narrow for a table in lines of its own.
 */
export function formatMaterials(io: Io, rows: readonly Row[]): string {
  const whole = tableOf(io, rows, (digest) => digest);
  if (io.columns === undefined || widthOf(whole) <= io.columns) return whole;
  const short = tableOf(io, rows, shortDigest);
  return widthOf(short) <= io.columns ? short : rows.map((row) => stacked(io, row)).join('\n');
}

const tableOf = (io: Io, rows: readonly Row[], digests: Digests): string =>
  formatTable(
    io,
    ['Name', 'Kind', 'Needed', 'State', 'Detail'],
    rows.map((row) => [plain(row.name), kindOf(row), neededOf(row), stateOf(io, row), detailOf(row, digests)]),
  );

function stacked(io: Io, row: Row): string {
  const detail = detailOf(row, shortDigest);
  return [
    `${io.colours.bold(plain(row.name))} ${kindOf(row)}`,
    `  ${stateOf(io, row)} (${neededOf(row)})`,
    ...(detail === '' ? [] : [`  ${detail}`]),
  ].join('\n');
}

const kindOf = ({ asked, recorded }: Row): string => plain(asked?.type ?? recorded?.type ?? '');

/** What the contract says of it. */
function neededOf({ asked }: Row): string {
  if (asked === undefined) return 'no';
  const need = asked.group === undefined ? (asked.optional ? 'optional' : 'required') : `one of ${asked.group}`;
  return plain(asked.output ? `${need}, output` : need);
}

const WORD: Readonly<Record<MaterialState, string>> = {
  there: 'there',
  missing: 'missing',
  wrong: 'wrong',
  extra: 'extra',
  absent: '-',
};

function stateOf({ colours: { green, yellow, red, dim } }: Io, { state }: Row): string {
  const colour = { there: green, missing: yellow, wrong: red, extra: dim, absent: dim }[state];
  return colour(WORD[state]);
}

/** Of what is there the digest, of what isn't how it is to be given, of what is wrong why. */
function detailOf({ asked, recorded, state }: Row, digests: Digests): string {
  if (recorded === undefined || asked === undefined || state !== 'wrong')
    return plain(recorded === undefined ? wantedOf(asked) : recordedOf(recorded, digests));
  return plain(`it was handed in as ${recorded.type}, and the contract asks for ${asked.type}`);
}

const recordedOf = ({ digest, size, filename, reference, value }: RecordedMaterial, digests: Digests): string =>
  [digests(digest), formatBytes(size), excerpt(reference ?? filename ?? value ?? '', 40)].filter(Boolean).join(', ');

const wantedOf = (asked: ContractMaterialMessage | undefined): string =>
  [excerpt(asked?.description ?? '', 60), annotationFlags(asked?.annotations ?? [])].filter(Boolean).join('; ');

const widthOf = (text: string): number =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  );
