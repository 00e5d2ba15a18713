import { basename } from 'node:path';
import type { MaterialType } from '../../api/material-types.ts';
import { type Finding, Problem } from '../../api/problem.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import type { PolicyQuery } from '../../policy/evaluation.ts';
import { projectMaterial } from '../../policy/project/material.ts';
import { statementOf } from '../../policy/project/statement.ts';
import { readInput } from '../input.ts';
import type { Io } from '../io.ts';
import { type Choice, chooseType, fillInputs } from '../policy/choices.ts';
import type { TestCase } from './format.ts';
import type { LocatedTests } from './read.ts';

/** What a case asks of its policy. */
export type Question =
  | { readonly kind: 'asked'; readonly query: PolicyQuery }
  /** The input is none that can be judged; in the cluster that closes the gate. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** The case doesn't go together with the policy; findings are at JSON pointers of the file. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** When a policy is asked where its tests don't say: what they find is the same on each day. */
export const DEFAULT_TIME = '2026-01-01T00:00:00Z';

/** Of what is signed policies see the statement. */
const SIGNED: readonly (MaterialType | undefined)[] = [undefined, 'SLSA_PROVENANCE', 'ATTESTATION'];

/** Makes of a case, at a JSON pointer, what its policy is asked. */
export async function questionOf(
  io: Io,
  located: LocatedTests,
  spec: PolicySpec,
  test: TestCase,
  at: string,
): Promise<Question> {
  const type = chooseType(spec, test.type);
  const inputs = fillInputs(spec, test.with ?? {});
  const findings = [
    ...choiceFindings(type, `${at}/type`),
    ...choiceFindings(inputs, `${at}/with`),
    ...(spec.kinds === undefined ? membersOfMaterials(test, at) : []),
    ...(type.ok ? statementFindings(test, type.value, at) : []),
  ];
  if (!type.ok || !inputs.ok || findings.length > 0) return { kind: 'refused', findings };
  const bytes = await bytesOf(io, located, test);
  if (bytes === undefined) {
    const message = `'${test.input.file}' can't be read; it is looked for from where this file lies`;
    return { kind: 'refused', findings: [{ at: `${at}/input/file`, message }] };
  }
  const projection =
    test.input.statement === undefined ? projectMaterial(type.value ?? 'ATTESTATION', bytes) : statementOf(bytes);
  if (!projection.ok) {
    const { at: place, message } = projection.finding;
    const name = test.input.file === undefined ? 'the input' : basename(test.input.file);
    return { kind: 'unreadable', message: `${name} can't be judged: ${place ? `${place}: ` : ''}${message}` };
  }
  const { material: name = 'material', annotations = {} } = test;
  const material = type.value && { name, type: type.value, digest: sha256Digest(bytes), annotations };
  return {
    kind: 'asked',
    query: {
      input: projection.value,
      inputs: inputs.value,
      ...(material === undefined ? {} : { material }),
      run: { namespace: 'default', name: 'test', workflow: 'test', ...test.run },
      now: new Date(test.at ?? located.tests.at ?? DEFAULT_TIME).toISOString(),
    },
  };
}

const choiceFindings = (choice: Choice<unknown>, at: string): readonly Finding[] =>
  choice.ok ? [] : [{ at, message: `${choice.why}; there is ${choice.known.join(', ') || 'none'}` }];

const membersOfMaterials = (test: TestCase, at: string): readonly Finding[] =>
  (['type', 'material', 'annotations'] as const)
    .filter((name) => test[name] !== undefined)
    .map((name) => ({ at: `${at}/${name}`, message: 'is of materials, and the policy judges the attestation' }));

const statementFindings = ({ input }: TestCase, type: MaterialType | undefined, at: string): readonly Finding[] =>
  input.statement === undefined || SIGNED.includes(type)
    ? []
    : [{ at: `${at}/input/statement`, message: `is of what is signed, and ${type} is not; write json` }];

/** Undefined for a file that can't be read. */
async function bytesOf(io: Io, located: LocatedTests, { input }: TestCase): Promise<Buffer | undefined> {
  const { file, text, statement, json } = input;
  if (file === undefined) return Buffer.from(text ?? JSON.stringify(statement ?? json));
  return readInput(io, located.resolve(file)).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    return undefined;
  });
}
