import type { Finding } from '../api/problem.ts';
import type { RecordedMaterial } from '../api/types.gen.ts';
import { mergeAnnotations, RESERVED_PREFIX } from './annotations.ts';
import type { AskedMaterial } from './asked.ts';
import { completeness, describeOwed } from './completeness.ts';
import type { ContractAnnotation, EffectiveContract } from './effective.ts';

/** As much of a contract as a recorded run can be held to. */
export interface TrialTerms extends Pick<EffectiveContract, 'runner' | 'envAllowList' | 'annotations'> {
  readonly runnerProven?: boolean;
  readonly materials: readonly AskedMaterial[];
}

/** What a run recorded, and what its own contract had fixed, which the pipeline didn't give. */
export interface RunOnRecord {
  readonly runner: string;
  readonly runnerProven: boolean;
  /** The variables that were recorded. */
  readonly environment: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly materials: readonly RecordedMaterial[];
  readonly contract: {
    readonly annotations: readonly ContractAnnotation[];
    readonly materials: readonly { readonly name: string; readonly annotations: readonly ContractAnnotation[] }[];
  };
}

/**
 * What another contract would have refused a recorded run for; nothing means that it would have been met. Who signed isn't
 * looked at. A variable that the run's own contract didn't ask for wasn't recorded, so it counts as missing.
 */
export function trial(contract: TrialTerms, run: RunOnRecord): readonly Finding[] {
  return [
    ...runnerFindings(contract, run),
    ...contract.envAllowList
      .filter((name) => !run.environment[name])
      .map((name) => ({ at: `envAllowList[${name}]`, message: 'the variable was not recorded' })),
    ...annotationFindings('annotations', contract.annotations, run.contract.annotations, run.annotations),
    ...materialFindings(contract, run),
  ];
}

function runnerFindings({ runner, runnerProven }: TrialTerms, run: RunOnRecord): readonly Finding[] {
  const at = 'runner';
  if (runner !== undefined && runner !== run.runner)
    return [{ at, message: `it ran on ${run.runner}, not on ${runner}` }];
  return runnerProven && !run.runnerProven ? [{ at, message: `that it ran on ${run.runner} was only said` }] : [];
}

function materialFindings(contract: TrialTerms, run: RunOnRecord): readonly Finding[] {
  const missing = completeness(contract, run.materials).missing.map((owed) => ({
    at: `materials[${owed.name}]`,
    message: describeOwed(owed),
  }));
  const others = contract.materials.flatMap(({ name, type, annotations }) => {
    const recorded = run.materials.find((each) => each.name === name);
    if (recorded === undefined) return [];
    if (recorded.type !== type) {
      return [{ at: `materials[${name}]`, message: `it was handed in as ${recorded.type}, not as ${type}` }];
    }
    const fixed = run.contract.materials.find((each) => each.name === name)?.annotations ?? [];
    return annotationFindings(`materials[${name}].annotations`, annotations, fixed, recorded.annotations ?? {});
  });
  return [...missing.filter(({ at }) => !others.some((other) => other.at === at)), ...others];
}

function annotationFindings(
  at: string,
  asked: readonly ContractAnnotation[],
  fixed: readonly ContractAnnotation[],
  recorded: Readonly<Record<string, string>>,
): readonly Finding[] {
  const isOwn = ([name]: readonly [string, string]): boolean =>
    !name.startsWith(RESERVED_PREFIX) && !fixed.some((each) => each.name === name && each.value);
  const merged = mergeAnnotations(asked, Object.fromEntries(Object.entries(recorded).filter(isOwn)));
  if (merged.ok) return [];
  return merged.findings.map((finding) => ({ ...finding, at: finding.at === undefined ? at : `${at}[${finding.at}]` }));
}
