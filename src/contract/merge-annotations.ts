import type { ContractAnnotation } from './effective.ts';

/** The annotations of both sides. A fixed value wins over one that is only asked for; of two fixed ones that of `strong`. */
export function joinAnnotations(
  weak: readonly ContractAnnotation[],
  strong: readonly ContractAnnotation[],
): readonly ContractAnnotation[] {
  const fixed = [...weak, ...strong].filter(({ value }) => value !== undefined);
  const joined = new Map([...weak, ...strong, ...fixed].map((annotation) => [annotation.name, annotation]));
  return [...joined.values()];
}

/** An annotation that both sides fix, to different values. */
export interface AnnotationClash {
  readonly name: string;
  readonly weak: string;
  readonly strong: string;
}

export function annotationClashes(
  weak: readonly ContractAnnotation[],
  strong: readonly ContractAnnotation[],
): readonly AnnotationClash[] {
  const others = new Map(strong.map(({ name, value }) => [name, value]));
  return weak.flatMap(({ name, value }) => {
    const other = others.get(name);
    return value === undefined || other === undefined || value === other ? [] : [{ name, weak: value, strong: other }];
  });
}
