import { excerpt } from '../../api/excerpt.ts';
import type { ProblemCode } from '../../api/problems.ts';
import { differenceIn, type Refusal } from '../verdict.ts';

/** Why a container can't be read. Thrown by its readers; `readContainer` makes a refusal of it. */
export class ContainerFault extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(differenceIn(refusal));
    this.refusal = refusal;
  }
}

/** Throws the fault. `at` is a JSON pointer, a line, or a line and a pointer; empty for the whole document. */
export function fault(
  at: string,
  expected: string,
  found = 'something else',
  code: ProblemCode = 'attestation-malformed',
): never {
  const said = excerpt(found, 200);
  throw new ContainerFault({
    code,
    step: 'container',
    expected,
    found: at === '' ? said : `${said} (${excerpt(at, 300)})`,
  });
}
