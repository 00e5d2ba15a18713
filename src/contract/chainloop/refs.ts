import type { Reporter } from './report.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DIGEST = /@sha256:[0-9a-f]+$/;

/** What a reference names, without its scheme and its pin. */
export const nameInRef = (ref: string): string => ref.replace(DIGEST, '').replace(/^chainloop:\/\//, '');

/** The name of an object in the cluster; references to files, addresses and providers have none there. */
export function clusterName(at: string, ref: string | undefined, kind: string, reporter: Reporter): string | undefined {
  if (ref === undefined) {
    reporter.lost(at, "it names nothing: 'ref' was expected");
    return undefined;
  }
  const name = nameInRef(ref);
  if (!NAME.test(name)) {
    const message = `'${ref}' names a file, an address or a provider; import that too, in the same call, or name a ${kind} of the cluster`;
    reporter.lost(`${at}.ref`, message);
    return undefined;
  }
  if (reportPin(at, ref, kind, reporter)) return name;
  if (name !== ref) reporter.changed(`${at}.ref`, `'${ref}' became the ${kind} '${name}'`);
  return name;
}

/** Tells of a pin, whatever the reference came to; whether there is one. */
export function reportPin(at: string, ref: string, kind: string, reporter: Reporter): boolean {
  const digest = DIGEST.exec(ref)?.[0];
  if (digest === undefined) return false;
  const message = `the pin ${digest.slice(1)}: a ${kind} is an object of the cluster, and what it says is recorded with each run`;
  reporter.lost(`${at}.ref`, message);
  return true;
}

/** Whether a mode of matching names means the whole name, as nothing does. */
export const matchesExactly = (mode: string | undefined): boolean =>
  mode === undefined || ['UNSPECIFIED', 'EXACT', 'MATCH_MODE_EXACT', 'MATCH_MODE_UNSPECIFIED'].includes(mode);

/** What is given, without what nothing asks for: Chainloop passes over that, and the cluster would refuse it. */
export function askedFor(
  at: string,
  given: Readonly<Record<string, string>> | undefined,
  asked: readonly { readonly name: string }[] | undefined,
  reporter: Reporter,
): Readonly<Record<string, string>> | undefined {
  if (given === undefined || asked === undefined) return given;
  const entries = Object.entries(given).filter(([name]) => {
    const isAsked = asked.some((input) => input.name === name);
    if (!isAsked)
      reporter.changed(`${at}.with.${name}`, 'no input has that name; Chainloop passes over it, and it is left out');
    return isAsked;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
