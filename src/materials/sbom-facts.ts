import { excerpt } from '../api/excerpt.ts';
import { MAX_LIST } from './listed.ts';

/** What an SBOM is about. */
export interface MainComponent {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly version: string | undefined;
}

const MAX_VALUE = 1024;
const MAX_TOOLS = 16;
const MAX_TOOL = 200;

/** Annotations of the main component, under the names of the attestation format. */
export const mainComponentFacts = (component: MainComponent): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(component).flatMap(([key, value]) =>
      value === undefined ? [] : [[`chainloop.material.sbom.main_component.${key}`, excerpt(value, MAX_VALUE)]],
    ),
  );

/** The annotations that `toolFacts` gives, for the notes of a kind. */
export const TOOL_FACTS = ['tools', 'tool.name', 'tool.version'] as const;
/** Those of an SBOM. */
export const SBOM_FACTS = [
  'sbom.main_component.name',
  'sbom.main_component.type',
  'sbom.main_component.version',
  ...TOOL_FACTS,
] as const;

/**
 * The tools that wrote a document, each `name` or `name@version` and once: as many as fit into an annotation. The first one
 * stands also under the older names, which policies written before there was a list go by.
 */
export function toolFacts(tools: readonly string[]): Readonly<Record<string, string>> {
  const named = [...new Set(tools)].slice(0, MAX_TOOLS).map((tool) => excerpt(tool, MAX_TOOL));
  while (JSON.stringify(named).length > MAX_LIST) named.pop();
  const [first] = named;
  if (first === undefined) return {};
  // An at sign in front is of a scoped package.
  const at = first.lastIndexOf('@');
  const name = at > 0 ? first.slice(0, at) : first;
  const version = at > 0 ? first.slice(at + 1) : '';
  return {
    'chainloop.material.tools': JSON.stringify(named),
    'chainloop.material.tool.name': name,
    ...(version === '' ? {} : { 'chainloop.material.tool.version': version }),
  };
}

export const toolName = (name: string, version: string | undefined): string =>
  version === undefined ? name : `${name}@${version}`;
