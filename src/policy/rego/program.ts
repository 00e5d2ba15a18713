import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where the environment names it. */
const VARIABLE = 'PROVISO_OPA';
const NAME = 'opa';

export type FoundProgram =
  | { readonly ok: true; readonly path: string }
  /** A sentence that says where it was looked for. */
  | { readonly ok: false; readonly message: string };

/**
 * Where OPA's program is: what is given, else what `PROVISO_OPA` names, else `opa` of the `PATH`. A place that is named and
 * has none is not passed over.
 */
export async function findOpa(given: string | undefined, env: NodeJS.ProcessEnv = process.env): Promise<FoundProgram> {
  const named = given ?? env[VARIABLE];
  if (named !== undefined && named !== '') {
    if (await isProgram(named)) return { ok: true, path: named };
    return absent(`${given === undefined ? VARIABLE : 'the option'} names '${named}', which can't be run`);
  }
  // A relative entry would take what lies in the folder that somebody happens to be in.
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    const path = join(folder, NAME);
    if (await isProgram(path)) return { ok: true, path };
  }
  const where = folders.length === 0 ? 'PATH is empty' : `none of PATH has it (${folders.join(', ')})`;
  return absent(`${VARIABLE} is not set, and ${where}`);
}

const absent = (why: string): FoundProgram => ({
  ok: false,
  message: `Policies in Rego are evaluated by OPA, and there is none: ${why}`,
});

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
