/** What an SBOM is about. */
export interface MainComponent {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly version: string | undefined;
}

const MAX_VALUE = 1024;
const MAX_TOOLS = 16;

/** Annotations of the main component, under the names of the attestation format. */
export const mainComponentFacts = (component: MainComponent): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(component).flatMap(([key, value]) =>
      value === undefined ? [] : [[`chainloop.material.sbom.main_component.${key}`, value.slice(0, MAX_VALUE)]],
    ),
  );

/** The tools that wrote a document, each `name` or `name@version`. */
export const toolFacts = (tools: readonly string[]): Readonly<Record<string, string>> =>
  tools.length === 0 ? {} : { 'chainloop.material.tools': JSON.stringify(tools.slice(0, MAX_TOOLS)) };

export const toolName = (name: string, version: string | undefined): string =>
  version === undefined ? name : `${name}@${version}`;
