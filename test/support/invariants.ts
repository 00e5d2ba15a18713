import type { Condition } from '../../src/api/conditions.ts';

/** What is looked at: any Proviso object that is to be Ready. */
export interface Observed {
  readonly kind?: string;
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/**
 * Where an object breaks the rules that readers of conditions (kstatus, Flux, Argo CD) rely on; empty when it doesn't.
 * Holds after each full reconcile.
 */
export function brokenInvariants({ kind = '', metadata, status }: Observed): readonly string[] {
  const conditions = status?.conditions ?? [];
  const state = (type: string) => conditions.find((condition) => condition.type === type)?.status;
  const generation = metadata.generation ?? 0;
  const observed = status?.observedGeneration ?? 0;
  const rules: readonly (readonly [boolean, string])[] = [
    [state('Ready') === undefined, 'Ready is missing'],
    [state('Stalled') === 'True' && state('Ready') !== 'False', 'Stalled, but Ready is not False'],
    [state('Reconciling') === 'True' && state('Ready') === 'True', 'Reconciling and Ready'],
    [state('Reconciling') === 'True' && state('Stalled') === 'True', 'Reconciling and Stalled'],
    [state('Stalled') === 'False' || state('Reconciling') === 'False', 'a negative condition lingers as False'],
    [observed > generation, 'observedGeneration is ahead of the generation'],
    [state('Ready') === 'True' && observed < generation, 'Ready for an older generation'],
    [
      conditions.some((condition) => condition.observedGeneration !== observed),
      'a condition speaks of another generation than the status',
    ],
    [new Set(conditions.map(({ type }) => type)).size !== conditions.length, 'a condition stands twice'],
    [
      conditions.some(({ reason, message }) => reason === '' || message === ''),
      'a condition without reason or message',
    ],
  ];
  return rules.flatMap(([isBroken, rule]) => (isBroken ? [`${kind} ${metadata.name}: ${rule}`] : []));
}
