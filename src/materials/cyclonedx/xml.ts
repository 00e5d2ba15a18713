import { excerpt } from '../../api/excerpt.ts';
import { accepted, type Inspection, refused } from '../kind.ts';
import { mainComponentFacts, toolFacts, toolName } from '../sbom-facts.ts';
import { scanXml, type XmlElement } from '../xml-scan.ts';
import xml14 from './xml-1.4.gen.json' with { type: 'json' };
import xml15 from './xml-1.5.gen.json' with { type: 'json' };
import xml16 from './xml-1.6.gen.json' with { type: 'json' };
import xml17 from './xml-1.7.gen.json' with { type: 'json' };
import type { XmlModel } from './xml-model.ts';
import { type XmlValidator, xmlValidator } from './xml-validator.ts';

const NAMESPACE = 'http://cyclonedx.org/schema/bom/';
const MODELS: Readonly<Record<string, XmlModel>> = { '1.4': xml14, '1.5': xml15, '1.6': xml16, '1.7': xml17 };

/** A CycloneDX SBOM in XML, checked element by element against the schema of the version that its namespace names. */
export function inspectXmlBom(bytes: Uint8Array): Inspection {
  const facts = factsReader();
  let validator: XmlValidator | undefined;
  const problem = scanXml(bytes, {
    what: 'a CycloneDX SBOM',
    roots: ['bom'],
    namespaces: true,
    open(element) {
      validator ??= xmlValidator(modelOf(element));
      validator.open(element);
      facts.open(element);
    },
    content: {
      text(piece, refuse) {
        validator?.text(piece, refuse);
        facts.text(piece);
      },
      close(refuse) {
        validator?.close(refuse);
        facts.close();
      },
    },
  });
  return problem === undefined
    ? accepted({ annotations: facts.annotations(), mediaType: 'application/vnd.cyclonedx+xml' })
    : refused(problem);
}

function modelOf({ uri = '', refuse }: XmlElement): XmlModel {
  const version = uri.startsWith(NAMESPACE) ? uri.slice(NAMESPACE.length) : '';
  const model = Object.hasOwn(MODELS, version) ? MODELS[version] : undefined;
  const known = Object.keys(MODELS).join(', ');
  return model ?? refuse(`the namespace must be ${NAMESPACE} and one of ${known}, not '${excerpt(uri)}'`);
}

/** Where names and versions stand. The older form of tools has no components in it. */
const TOOLS = ['/bom/metadata/tools/tool', '/bom/metadata/tools/components/component'];
const MAIN = '/bom/metadata/component';
/** How deep the facts stand; what is below is not looked at. */
const MAX_DEPTH = 6;

/** Collects what the facts are made of while the document is read. */
function factsReader() {
  const path: string[] = [];
  const tools: { name?: string; version?: string }[] = [];
  const main: { name?: string; type?: string; version?: string } = {};
  let depth = 0;
  let text = '';
  let hasVulnerabilities = false;

  return {
    open({ name, attributes }: XmlElement) {
      depth += 1;
      if (depth > MAX_DEPTH) return;
      path.push(name);
      text = '';
      // The many components of an SBOM say nothing here.
      if (depth > 2 && path[1] !== 'metadata') return;
      const at = `/${path.join('/')}`;
      if (TOOLS.includes(at)) tools.push({});
      if (at === MAIN && attributes.type !== undefined) main.type = attributes.type;
      if (at === '/bom/vulnerabilities') hasVulnerabilities = true;
    },
    text(piece: string) {
      if (depth <= MAX_DEPTH && path[1] === 'metadata') text += piece;
    },
    close() {
      depth -= 1;
      if (depth >= MAX_DEPTH) return;
      const name = path.pop();
      if (path[1] !== 'metadata' || (name !== 'name' && name !== 'version')) return;
      const at = `/${path.join('/')}`;
      const tool = TOOLS.includes(at) ? tools.at(-1) : undefined;
      if (tool !== undefined) tool[name] = text.trim();
      if (at === MAIN) main[name] = text.trim();
      text = '';
    },
    annotations: () => ({
      ...mainComponentFacts({ name: main.name, type: main.type, version: main.version }),
      ...toolFacts(tools.flatMap(({ name, version }) => (name === undefined ? [] : [toolName(name, version)]))),
      ...(hasVulnerabilities ? { 'chainloop.material.sbom.vulnerabilities_report': 'true' } : {}),
    }),
  };
}
