import { MATERIAL_TYPES, type MaterialType } from '../../api/material-types.ts';
import type { PolicySpec } from '../../api/types.gen.ts';

/** What is asked of a policy, or why it can't be: what was given isn't there, or is missing, and what there is. */
export type Choice<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly is: 'unknown' | 'missing'; readonly why: string; readonly known: readonly string[] };

/** The type of the material that is judged; undefined for a policy over attestations. */
export function chooseType({ kinds }: PolicySpec, given: string | undefined): Choice<MaterialType | undefined> {
  if (kinds === undefined) return { ok: true, value: undefined };
  const wanted = given ?? (kinds.length === 1 ? kinds[0] : undefined);
  const value = kinds.find((kind) => kind === wanted);
  if (value !== undefined) return { ok: true, value };
  if (wanted === undefined) return { ok: false, is: 'missing', why: 'the policy is for several types', known: kinds };
  const known = MATERIAL_TYPES.find((each) => each === wanted);
  return { ok: false, is: 'unknown', why: `the policy is not for ${known ?? 'such a type'}`, known: kinds };
}

/** All inputs of a policy: what is given, else their defaults. */
export function fillInputs(
  { inputs = [] }: PolicySpec,
  given: Readonly<Record<string, string>>,
): Choice<Readonly<Record<string, string>>> {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    return { ok: false, is: 'unknown', why: `the policy has no input '${unknown}'`, known: names };
  const missing = inputs.find(({ name, required }) => required === true && !Object.hasOwn(given, name));
  if (missing !== undefined) {
    return { ok: false, is: 'missing', why: `the policy needs the input '${missing.name}'`, known: [missing.name] };
  }
  const filled = inputs.map(({ name, default: byDefault = '' }) => [
    name,
    Object.hasOwn(given, name) ? given[name] : byDefault,
  ]);
  return { ok: true, value: Object.fromEntries(filled) };
}
