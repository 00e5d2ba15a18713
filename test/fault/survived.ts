import { type Callback, suite, type Test } from 'uvu';

type FaultSuite = ((title: string, work: Callback) => void) & Pick<Test, 'before' | 'after' | 'run'>;

/**
 * A suite of faults, each a test. At its end it says in a line what was survived, and what was looked at after each; the
 * runner shows such lines when it is asked to.
 */
export function faults(name: string, checked: string): FaultSuite {
  const own = suite(name);
  const survived: string[] = [];
  own.after(() => {
    const each = survived.map((title) => `\n»   ${title}`).join('');
    console.log(`\n» ${name}: ${survived.length} survived; checked: ${checked}${each}`);
  });
  const fault = (title: string, work: Callback): void =>
    own(title, async (context) => {
      await work(context);
      survived.push(title);
    });
  return Object.assign(fault, { before: own.before, after: own.after, run: own.run });
}
