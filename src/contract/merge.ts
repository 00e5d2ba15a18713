import type { Finding } from '../api/problem.ts';
import type { Baseline, BaselineTerms, EffectiveContract } from './effective.ts';
import { annotationClashes, joinAnnotations } from './merge-annotations.ts';
import { joinMaterials, signerConflicts } from './merge-materials.ts';
import { joinSigners } from './merge-signers.ts';
import { excessOfPolicies, joinPolicies } from './policies.ts';

export type Merging =
  | {
      readonly ok: true;
      readonly contract: EffectiveContract;
      /** Where the contract wanted something else than a baseline. */
      readonly overruled: readonly Finding[];
    }
  | { readonly ok: false; readonly conflicts: readonly Finding[] };

/** What a contract of its own may have at most; a run has no place for more. */
const LIMITS = { materials: 64, envAllowList: 64, annotations: 32, baselines: 64 } as const;

/**
 * A contract with the baselines that govern it. A run that satisfies the result satisfies every baseline, and the contract too
 * but where `overruled` says otherwise. Baselines that contradict each other have no result, whatever their order.
 */
export function mergeBaselines(contract: EffectiveContract, baselines: readonly Baseline[]): Merging {
  if (baselines.length === 0) return { ok: true, contract, overruled: [] };
  const ordered = baselines.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(withOwnGroups);
  const conflicts = ordered.flatMap((one, index) =>
    ordered.slice(index + 1).flatMap((other) => conflictsOf(one, other)),
  );
  if (conflicts.length > 0) return { ok: false, conflicts };
  const overruled: Finding[] = [];
  let merged = contract;
  for (const [index, { name, terms }] of ordered.entries()) {
    overruled.push(
      ...clashesOf(merged, terms).map(({ at, weak, strong }) => ({
        at,
        message: `the baseline '${name}' has ${strong}, which counts instead of ${weak}`,
      })),
    );
    const joining = joinSigners(merged, terms);
    const others = ordered.slice(0, index).map((each) => `'${each.name}'`);
    const sides = `${['the contract', ...others].join(' and ')} and '${name}'`;
    if (!joining.ok) {
      return { ok: false, conflicts: [{ at: 'signers', message: `${sides}: ${joining.message}` }] };
    }
    const unsigned = signerConflicts(merged.materials, terms.materials);
    if (unsigned.length > 0) return { ok: false, conflicts: unsigned.map((each) => between(sides, each)) };
    merged = join(merged, terms, joining);
  }
  const sources = ordered.map(({ name, revision, digest }) => ({ name, revision, digest }));
  const result = { ...merged, baselines: sources };
  const excess = excessOf(result);
  return excess.length > 0 ? { ok: false, conflicts: excess } : { ok: true, contract: result, overruled };
}

/** Groups of different baselines, or of a contract, may have the same name. */
function withOwnGroups({ terms, ...source }: Baseline): Baseline {
  const materials = terms.materials.map((material) =>
    material.group === undefined ? material : { ...material, group: `${source.name}/${material.group}` },
  );
  return { ...source, terms: { ...terms, materials } };
}

type Signing = Pick<EffectiveContract, 'signers' | 'signerThreshold'>;

function join(
  weak: EffectiveContract,
  strong: BaselineTerms,
  { signers, signerThreshold }: Signing,
): EffectiveContract {
  const { signerThreshold: _, ...rest } = weak;
  const runner = strong.runner ?? weak.runner;
  return {
    ...rest,
    materials: joinMaterials(weak.materials, strong.materials),
    envAllowList: [...new Set([...weak.envAllowList, ...strong.envAllowList])],
    ...(runner === undefined ? {} : { runner }),
    ...(strong.runnerProven === true ? { runnerProven: true } : {}),
    annotations: joinAnnotations(weak.annotations, strong.annotations),
    enforcement: weak.enforcement === 'Enforce' ? 'Enforce' : strong.enforcement,
    signers,
    ...(signerThreshold === undefined ? {} : { signerThreshold }),
    ...joinPolicies(weak, strong),
    deadlineSeconds: Math.min(weak.deadlineSeconds, strong.deadlineSeconds ?? weak.deadlineSeconds),
  };
}

/** Something that two sides want to be different things. */
interface Clash {
  readonly at: string;
  readonly weak: string;
  readonly strong: string;
}

function clashesOf(weak: EffectiveContract | BaselineTerms, strong: BaselineTerms): readonly Clash[] {
  const others = new Map(strong.materials.map((material) => [material.name, material]));
  const ofMaterials = weak.materials.flatMap((material): readonly Clash[] => {
    const other = others.get(material.name);
    const at = `materials[${material.name}]`;
    if (other === undefined) return [];
    if (other.type !== material.type) return [{ at: `${at}.type`, weak: material.type, strong: other.type }];
    return named(`${at}.annotations`, annotationClashes(material.annotations, other.annotations));
  });
  const isOtherRunner = weak.runner !== undefined && strong.runner !== undefined && weak.runner !== strong.runner;
  return [
    ...ofMaterials,
    ...(isOtherRunner ? [{ at: 'runner', weak: weak.runner, strong: strong.runner }] : []),
    ...named('annotations', annotationClashes(weak.annotations, strong.annotations)),
  ];
}

const named = (at: string, clashes: ReturnType<typeof annotationClashes>): readonly Clash[] =>
  clashes.map(({ name, weak, strong }) => ({ at: `${at}[${name}]`, weak: `'${weak}'`, strong: `'${strong}'` }));

function conflictsOf(one: Baseline, other: Baseline): readonly Finding[] {
  const clashes = clashesOf(one.terms, other.terms).map(({ at, weak, strong }) => ({
    at,
    message: `the baseline '${one.name}' has ${weak}, and '${other.name}' has ${strong}`,
  }));
  const joining = joinSigners(one.terms, other.terms);
  const unsigned = signerConflicts(one.terms.materials, other.terms.materials);
  const ofSigners = joining.ok ? unsigned : [{ at: 'signers', message: joining.message }, ...unsigned];
  const sides = `the baselines '${one.name}' and '${other.name}'`;
  return [...clashes, ...ofSigners.map((each) => between(sides, each))];
}

const between = (sides: string, { message, ...rest }: Finding): Finding => ({
  ...rest,
  message: `${sides}: ${message}`,
});

function excessOf(contract: EffectiveContract): readonly Finding[] {
  const lists = [
    ['baselines', contract.baselines?.length ?? 0, LIMITS.baselines] as const,
    ...(['materials', 'envAllowList', 'annotations'] as const).map(
      (at) => [at, contract[at].length, LIMITS[at]] as const,
    ),
    ...contract.materials.map(
      ({ name, annotations }) => [`materials[${name}].annotations`, annotations.length, LIMITS.annotations] as const,
    ),
  ];
  const ofPolicies = excessOfPolicies(contract);
  const ofLists = lists
    .filter(([, count, most]) => count > most)
    .map(([at, count, most]) => ({ at, message: `together there are ${count}, and at most ${most} can be asked for` }));
  return ofPolicies === undefined ? ofLists : [...ofLists, ofPolicies];
}
