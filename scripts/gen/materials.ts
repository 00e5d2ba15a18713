import { MATERIAL_TYPES } from '../../src/api/material-types.ts';
import { HEAD_BYTES, type MaterialKind } from '../../src/materials/kind.ts';
import { MATERIAL_KINDS } from '../../src/materials/kinds.ts';
import { withGenerated } from './marked.ts';

const PAGE = 'docs/materials.md';
const TABLE = { of: 'kinds', from: 'src/materials/' };

/** The page on materials with its table of kinds as the code has them; the rest of it is written by hand. */
export async function generateMaterials(): Promise<Readonly<Record<string, string>>> {
  const rows = MATERIAL_TYPES.map((type) => rowOf(MATERIAL_KINDS[type]));
  const table = ['| type | takes | versions | annotations | at most |', '|---|---|---|---|---|', ...rows].join('\n');
  return { [PAGE]: await withGenerated(PAGE, TABLE, `${table}\n`) };
}

function rowOf({ type, notes, content, maxBytes }: MaterialKind): string {
  const { accepts, versions = [], facts } = notes;
  const names = facts.map((fact) => `\`${fact}\``).join(', ');
  const limit = content === 'whole' ? sizeOf(maxBytes) : `any size; ${sizeOf(HEAD_BYTES)} are looked at`;
  return `| \`${type}\` | ${accepts.replaceAll('|', '\\|')} | ${versions.join(', ')} | ${names} | ${limit} |`;
}

const sizeOf = (bytes: number): string => (bytes < 1 << 20 ? `${bytes >> 10} KiB` : `${bytes >> 20} MiB`);
