/** What is added to a document of `npm sbom`; the rest of it stays as npm wrote it. */
interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/**
 * The SBOM of the image as CycloneDX: what `npm sbom` says of the production dependencies, with Node itself, and the Go
 * modules that OPA was linked of, as `go version -m` reads them from the program.
 */
export function imageSbom(npm: string, goModules: string, nodeVersion: string): string {
  const bom = JSON.parse(npm) as Bom;
  const [opa, ...linked] = goComponents(goModules);
  if (opa === undefined) throw new Error('go version -m names no module');
  const own = bom.metadata.component;
  const node = `v${bom.components.find(({ name }) => name.startsWith('node-linux-'))?.version}`;
  if (node !== nodeVersion) throw new Error(`Node ${nodeVersion} goes into the image, and the lock file has ${node}`);
  const components = bom.components.map((each) =>
    each.name.startsWith('node-linux-') ? { ...each, type: 'application', scope: 'required' } : each,
  );
  return `${JSON.stringify(
    {
      ...bom,
      // npm names it after the folder that it was built in.
      metadata: { ...bom.metadata, component: { ...own, type: 'container', name: 'proviso' } },
      components: [...components, opa, ...linked],
      dependencies: [
        ...bom.dependencies.map((each) =>
          each.ref === own['bom-ref'] ? { ...each, dependsOn: [...(each.dependsOn ?? []), opa['bom-ref']] } : each,
        ),
        // Which module needs which isn't in the program.
        { ref: opa['bom-ref'], dependsOn: linked.map((each) => each['bom-ref']) },
        ...linked.map((each) => ({ ref: each['bom-ref'] })),
      ],
    },
    undefined,
    2,
  )}\n`;
}

/** The program first, then what is linked into it; a replacement stands in the line after what it replaces. */
function goComponents(text: string): readonly Component[] {
  const components: Component[] = [];
  for (const line of text.split('\n')) {
    const [, what, name = '', version = '', sum] = /^\t(mod|dep|=>)\t(\S+)\t(\S+)(?:\th1:(\S+))?/.exec(line) ?? [];
    if (what === undefined) continue;
    if (what === '=>') components.pop();
    components.push(goComponent(name, version, sum, components.length === 0));
  }
  const standard = /: go(\S+)$/m.exec(text)?.[1];
  return standard === undefined ? components : [...components, goComponent('std', standard, undefined, false)];
}

function goComponent(name: string, version: string, sum: string | undefined, isProgram: boolean): Component {
  const purl = `pkg:golang/${name.toLowerCase()}@${encodeURIComponent(version)}`;
  return {
    'bom-ref': purl,
    type: isProgram ? 'application' : 'library',
    name,
    version,
    scope: 'required',
    purl,
    // As the checksum database has it: of the list of the module's files and their digests.
    ...(sum === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: Buffer.from(sum, 'base64').toString('hex') }] }),
  };
}
