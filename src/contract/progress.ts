import type { RecordedMaterial, RunProgress } from '../api/types.gen.ts';
import type { AskedMaterial } from './asked.ts';
import { completeness, summaryOf } from './completeness.ts';

/** How far a run with these materials is, as kubectl shows it; what waivers excuse is missing all the same. */
export function progressOf(
  contract: { readonly materials: readonly AskedMaterial[] },
  recorded: readonly Pick<RecordedMaterial, 'name' | 'type'>[],
): RunProgress {
  const found = completeness(contract, recorded);
  const missing = found.missing.map(({ name }) => name);
  return {
    summary: summaryOf(found),
    required: found.required,
    present: found.present,
    ...(missing.length === 0 ? {} : { missing }),
  };
}
