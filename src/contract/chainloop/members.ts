import { excerpt } from '../../api/excerpt.ts';
import { asRecord } from '../../api/record.ts';
import type { Reporter } from './report.ts';

/** A value and where it stands in the file, as a field path. */
export interface Member {
  readonly at: string;
  readonly value: unknown;
}

/**
 * The members of one object, taken one by one under their names in camel case; a file may spell them with underscores, as
 * protobuf's JSON does. Scalars are texts as they were written, since that is what `yes` and `1.10` mean in a map of texts.
 */
export interface Members {
  readonly at: string;
  text(name: string): string | undefined;
  flag(name: string): boolean | undefined;
  list(name: string): readonly Member[];
  object(name: string): Member | undefined;
  /** A map of texts. */
  texts(name: string): Readonly<Record<string, string>> | undefined;
  /** Reports everything that nobody has taken, each with the reason given for it. */
  end(reasons?: Readonly<Record<string, string>>): void;
}

export function membersOf({ at, value }: Member, reporter: Reporter): Members {
  const left = spread(at, value, reporter);

  function take(name: string): Member | undefined {
    const member = left.get(name);
    left.delete(name);
    return member === undefined || isNothing(member.value) ? undefined : member;
  }

  function takeText(name: string): (Member & { readonly value: string }) | undefined {
    const member = take(name);
    if (member === undefined || typeof member.value === 'string') return member as Member & { readonly value: string };
    reporter.lost(member.at, 'a text was expected, not a list or an object');
    return undefined;
  }

  return {
    at,
    text: (name) => takeText(name)?.value,
    flag(name) {
      const member = takeText(name);
      if (member === undefined) return undefined;
      if (member.value === 'true' || member.value === 'false') return member.value === 'true';
      reporter.lost(member.at, `'${excerpt(member.value)}' is neither true nor false`);
      return undefined;
    },
    list(name) {
      const member = take(name);
      if (member === undefined) return [];
      if (Array.isArray(member.value)) {
        return member.value.map((each: unknown, index) => ({ at: `${member.at}[${index}]`, value: each }));
      }
      reporter.lost(member.at, 'a list was expected');
      return [];
    },
    object: take,
    texts(name) {
      const member = take(name);
      if (member === undefined) return undefined;
      const entries = [...spread(member.at, member.value, reporter, (key) => key)].flatMap(([key, each]) => {
        if (typeof each.value === 'string') return [[key, each.value] as const];
        reporter.lost(each.at, 'a text was expected, not a list or an object');
        return [];
      });
      return Object.fromEntries(entries);
    },
    end(reasons = {}) {
      for (const [name, member] of left) {
        const reason = Object.hasOwn(reasons, name) ? reasons[name] : undefined;
        if (!isNothing(member.value)) reporter.lost(member.at, reason ?? 'is no field that Chainloop has here');
      }
    },
  };
}

/** Members by their name in camel case. */
function spread(at: string, value: unknown, reporter: Reporter, nameOf = camelCase): Map<string, Member> {
  const record = asRecord(value);
  if (record === undefined && !isNothing(value)) reporter.lost(at, 'an object was expected');
  const members = new Map<string, Member>();
  for (const [key, each] of Object.entries(record ?? {})) {
    const member = { at: at === '' ? key : `${at}.${key}`, value: each };
    const name = nameOf(key);
    if (members.has(name)) reporter.lost(member.at, `stands there before, spelled in another way`);
    else members.set(name, member);
  }
  return members;
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** What protobuf takes for absent. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
