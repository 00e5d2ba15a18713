import type { RecordedEvaluations, WorkflowRun } from './types.gen.ts';

/** What the documents are called that have all that policies said. */
const EVALUATIONS = 'policy-evaluations';

/** A document with all that policies said, and of what: the name of the material, or else the phase. */
export interface SaidByPolicies extends RecordedEvaluations {
  readonly of: string;
}

/** The documents with all that policies said of a run. */
export function saidByPolicies({ status = {} }: WorkflowRun): readonly SaidByPolicies[] {
  const { materials = [], policies } = status;
  const all = [
    ...materials.map(({ name, evaluations }) => [name, evaluations] as const),
    ...[['Init', policies?.atInit] as const, ['Push', policies?.atPush] as const],
  ];
  return all.flatMap(([of, evaluations]) => (evaluations === undefined ? [] : [{ ...evaluations, of }]));
}

/** Bytes that a run keeps in a store. */
export interface KeptEvidence {
  /** Of the material, `attestation`, `policy-evaluations`, or the predicate type of a statement. */
  readonly name: string;
  /** The EvidenceStore that has them. */
  readonly storeName: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * All that a run keeps in stores: its attestation, the control plane's statements, those materials whose bytes are kept, and what policies
 * said of them and of the run.
 */
export function evidenceOf(run: WorkflowRun): readonly KeptEvidence[] {
  const { spec, status = {} } = run;
  const { materials = [], attestation, statements = [] } = status;
  const all = [
    ...(attestation === undefined ? [] : [{ ...attestation, name: 'attestation' }]),
    ...statements.map((statement) => ({ ...statement, name: statement.predicateType })),
    ...materials.filter(({ stored }) => stored),
    ...saidByPolicies(run).map((each) => ({ ...each, name: EVALUATIONS })),
  ];
  return all.map(({ name, storeName = spec.evidenceStoreName, digest, size }) => ({ name, storeName, digest, size }));
}

/** The digests of all that, some perhaps twice. */
export const digestsOf = (run: WorkflowRun): readonly string[] => evidenceOf(run).map(({ digest }) => digest);
