import { MATERIAL_TYPES, type MaterialType } from '../../api/material-types.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import { importType } from './materials.ts';
import { type Member, type Members, membersOf } from './members.ts';
import type { ImportOptions } from './options.ts';
import type { Reporter } from './report.ts';

/** A script and what it judges. */
export interface Script {
  readonly source: string;
  readonly judges: Pick<PolicySpec, 'kinds' | 'attestation' | 'phases'>;
}

/** One as it stands in the file. */
interface Entry {
  readonly source: string;
  /** Absent: whatever the policy is attached to. */
  readonly kind?: MaterialType;
  readonly phases: readonly Phase[];
}

type Phase = 'Init' | 'Push';
/** That of `kind: ATTESTATION`, by which Chainloop's policies mean the statement of a run. */
const STATEMENT: MaterialType = 'ATTESTATION';
const ANY = 'MATERIAL_TYPE_UNSPECIFIED';
/** Characters that a policy has room for. */
const MAX_SOURCE = 65_536;
const NO_SCRIPT = "it has no script: 'embedded', 'path' or 'ref' was expected";
/** What WebAssembly begins with, as it is and in Base64. */
const WASM = /^(?:\0asm|AGFzbQ)/;

/**
 * The scripts of a policy, equal ones once: of the form with one `type`, or of `policies`, where each has its `kind`. One
 * without a kind is asked whenever another one of the policy is.
 */
export function importScripts(spec: Members, options: ImportOptions, reporter: Reporter): readonly Script[] {
  const entries = importEntries(spec, options, reporter);
  const typed = new Set(entries.flatMap(({ kind }) => (kind === undefined ? [] : [kind])));
  const any = typed.size > 0 || entries.length === 0 ? [...typed] : untyped(spec.at, options, reporter);
  const asked = entries.flatMap(({ source, kind }) =>
    (kind === undefined ? any : [kind]).map((of) => ({ source, of })),
  );
  const phases = new Set(entries.filter(({ kind = STATEMENT }) => kind === STATEMENT).flatMap((entry) => entry.phases));
  const ofStatement = { attestation: true, phases: phases.size === 0 ? (['Init', 'Push'] as const) : [...phases] };
  return [...Map.groupBy(asked, ({ source }) => source)].flatMap(([source, all]) => {
    const kinds = [...new Set(all.map(({ of }) => of))];
    const ofMaterials = kinds.filter((kind) => kind !== STATEMENT);
    return [
      ...(ofMaterials.length === 0 ? [] : [{ source, judges: { kinds: ofMaterials } }]),
      ...(ofMaterials.length === kinds.length ? [] : [{ source, judges: ofStatement }]),
    ];
  });
}

/** What a policy without any type is for. */
function untyped(at: string, { forStatement = false }: ImportOptions, reporter: Reporter): readonly MaterialType[] {
  if (forStatement) return [STATEMENT];
  reporter.changed(at, 'the policy is for no type, so it is for all here; attach it with the name of a material');
  return MATERIAL_TYPES.filter((type) => type !== STATEMENT);
}

function importEntries(spec: Members, options: ImportOptions, reporter: Reporter): readonly Entry[] {
  const list = spec.list('policies');
  const type = importKind(spec.text('type'), `${spec.at}.type`, reporter);
  const path = spec.text('path');
  const embedded = spec.text('embedded');
  if (path === undefined && embedded === undefined) {
    if (list.length === 0) reporter.lost(spec.at, NO_SCRIPT);
    return list.flatMap((each) => importEntry(each, options, reporter));
  }
  if (list.length > 0)
    reporter.changed(`${spec.at}.policies`, 'has no effect beside a script of its own, and is left out');
  const source = importSource(spec.at, { embedded, path }, options, reporter);
  if (source === undefined || !type.ok) return [];
  return [{ source, ...(type.kind === undefined ? {} : { kind: type.kind }), phases: [] }];
}

function importEntry(member: Member, options: ImportOptions, reporter: Reporter): readonly Entry[] {
  const members = membersOf(member, reporter);
  const type = importKind(members.text('kind'), `${members.at}.kind`, reporter);
  const [embedded, path, ref] = [members.text('embedded'), members.text('path'), members.text('ref')];
  const phases = members.list('attestationPhases').flatMap((each) => importPhase(each, reporter));
  members.end();
  const source = importSource(members.at, { embedded, path: ref ?? path }, options, reporter);
  if (source === undefined || !type.ok) return [];
  const { kind } = type;
  if (kind !== undefined && kind !== STATEMENT && phases.length > 0) {
    reporter.changed(`${members.at}.attestationPhases`, 'has no effect on materials, and is left out');
  }
  return [
    { source, ...(kind === undefined ? {} : { kind }), phases: kind === undefined || kind === STATEMENT ? phases : [] },
  ];
}

type Kind = { readonly ok: true; readonly kind?: MaterialType } | { readonly ok: false };

function importKind(text: string | undefined, at: string, reporter: Reporter): Kind {
  if (text === undefined || text === ANY) return { ok: true };
  const kind = importType(text, at, reporter);
  return kind === undefined ? { ok: false } : { ok: true, kind };
}

function importPhase({ at, value }: Member, reporter: Reporter): readonly Phase[] {
  if (value === 'INIT') return ['Init'];
  if (value === 'PUSH') return ['Push'];
  reporter.lost(at, 'INIT or PUSH was expected');
  return [];
}

interface Given {
  readonly embedded: string | undefined;
  readonly path: string | undefined;
}

function importSource(
  at: string,
  { embedded, path }: Given,
  options: ImportOptions,
  reporter: Reporter,
): string | undefined {
  const reading = embedded === undefined ? readPath(path, options) : ({ ok: true, text: embedded } as const);
  const problem = reading.ok ? problemOf(reading.text) : reading.message;
  if (!reading.ok || problem !== undefined) {
    reporter.lost(embedded === undefined ? at : `${at}.embedded`, problem ?? 'the script is not there');
    return undefined;
  }
  if (embedded === undefined) reporter.changed(at, `the script of '${path}' became spec.source.inline`);
  return reading.text;
}

function readPath(path: string | undefined, { readScript }: ImportOptions) {
  if (path === undefined) return { ok: false, message: NO_SCRIPT } as const;
  if (/^https?:\/\//.test(path)) {
    const message = `the script is at ${path}, and nothing is fetched here; put it beside the file and name that`;
    return { ok: false, message } as const;
  }
  const local = path.replace(/^file:\/\//, '');
  return readScript?.(local) ?? ({ ok: false, message: `'${path}' can't be read here` } as const);
}

function problemOf(source: string): string | undefined {
  if (WASM.test(source)) return 'the script is WebAssembly, which no engine here takes; write it in Rego';
  if (source.length > MAX_SOURCE) {
    return `the script has ${source.length} characters, and a policy has room for ${MAX_SOURCE}; put it into a ConfigMap`;
  }
  return undefined;
}
