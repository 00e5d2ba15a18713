import { type Member, membersOf } from './members.ts';
import type { Reporter } from './report.ts';

export interface ImportedMetadata {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/** Where what Kubernetes has no field for goes. */
const ORGANIZATION = 'chainloop.dev/organization';
const FINDING_TYPE = 'chainloop.dev/finding-type';

/** The metadata of a document of the second generation. Only policies have a type of findings. */
export function importMetadata(member: Member | undefined, reporter: Reporter, isPolicy = false): ImportedMetadata {
  const members = membersOf(member ?? { at: 'metadata', value: undefined }, reporter);
  const { at } = members;
  const name = members.text('name');
  const description = members.text('description');
  const organization = members.text('organization');
  const findingType = isPolicy ? members.text('findingType') : undefined;
  const annotations = members.texts('annotations');
  members.end({ findingType: 'only policies have it' });
  if (description !== undefined) reporter.changed(`${at}.description`, 'became spec.description');
  if (organization !== undefined) reporter.changed(`${at}.organization`, `became the annotation ${ORGANIZATION}`);
  if (findingType !== undefined) {
    reporter.changed(
      `${at}.findingType`,
      `became the annotation ${FINDING_TYPE}; what findings have is kept, and not checked against it`,
    );
  }
  const all = {
    ...annotations,
    ...(organization === undefined ? {} : { [ORGANIZATION]: organization }),
    ...(findingType === undefined ? {} : { [FINDING_TYPE]: findingType }),
  };
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
  };
}

/** A text for people that is longer than its field is cut, and that is told. */
export function fitted(at: string, text: string | undefined, most: number, reporter: Reporter): string | undefined {
  if (text === undefined || text.length <= most) return text;
  reporter.changed(at, `was cut to ${most} characters`);
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
