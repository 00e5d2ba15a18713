import { SaxesParser } from 'saxes';
import type {
  XmlAttribute,
  XmlModel,
  XmlParticle,
  XmlType,
  XmlValue,
} from '../../src/materials/cyclonedx/xml-model.ts';

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
}

/**
 * The model of an XSD 1.0. It throws on a construct that it doesn't know, so that none is left out without a word; of what it
 * knows to leave out, `unique` is a rule that real SBOMs break, and `assert` is of XSD 1.1.
 */
export function modelOfXsd(text: string): XmlModel {
  const schema = parse(text);
  const namespace = schema.attributes.targetNamespace ?? '';
  const named = new Map(schema.children.map((child) => [`${child.name} ${child.attributes.name}`, child]));
  const types: Record<string, XmlType> = {};
  const owners = new Map<string, Node>();
  const find = (kind: string, reference: string): Node | undefined =>
    named.get(`xs:${kind} ${reference.replace(/^bom:/, '')}`);

  /** The key of a type that is named, or that stands in the element itself. */
  function typeOf(element: Node, path: string): string {
    const reference = element.attributes.type;
    if (reference !== undefined) {
      const complex = find('complexType', reference);
      return complex === undefined
        ? add(reference, () => ({ text: valueType(reference) }))
        : add(reference.replace(/^bom:/, ''), () => complexType(complex, reference.replace(/^bom:/, '')));
    }
    if (owners.get(path) !== undefined && owners.get(path) !== element) return unknown(element, `twice at ${path}`);
    owners.set(path, element);
    const simple = child(element, 'xs:simpleType');
    if (simple !== undefined) return add(path, () => ({ text: simpleType(simple) }));
    const complex = child(element, 'xs:complexType');
    // One element of 1.5 has no type at all, and means a text.
    return add(path, () => (complex === undefined ? { text: {} } : complexType(complex, path)));
  }

  function add(key: string, make: () => XmlType): string {
    if (types[key] === undefined) {
      // The place is taken first, since a component may hold components.
      types[key] = {};
      types[key] = make();
    }
    return key;
  }

  function complexType(node: Node, path: string): XmlType {
    const extension = child(child(node, 'xs:simpleContent'), 'xs:extension');
    const attributes = attributesOf(extension ?? node);
    const own = Object.keys(attributes).length === 0 ? {} : { attributes };
    const isOpen = (extension ?? node).children.some(
      ({ name, attributes: { namespace: from } }) => name === 'xs:anyAttribute' && from === '##any',
    );
    const open = isOpen ? { openAttributes: true } : {};
    if (extension !== undefined) return { ...own, ...open, text: valueType(extension.attributes.base ?? '') };
    const [model] = node.children.filter(({ name }) => name === 'xs:sequence' || name === 'xs:choice');
    const mixed = node.attributes.mixed === 'true' ? { mixed: true } : {};
    return { ...own, ...open, ...mixed, ...(model === undefined ? {} : { content: particle(model, path) }) };
  }

  function attributesOf(node: Node): Record<string, XmlAttribute> {
    const entries = node.children.flatMap((entry): [string, XmlAttribute][] => {
      const { name = '', type, ref = '', use } = entry.attributes;
      if (entry.name === 'xs:attributeGroup') {
        return Object.entries(attributesOf(find('attributeGroup', ref) ?? unknown(entry)));
      }
      if (entry.name !== 'xs:attribute') return KNOWN.has(entry.name) ? [] : unknown(entry);
      const simple = child(entry, 'xs:simpleType');
      const value = simple === undefined ? valueType(type ?? 'xs:string') : simpleType(simple);
      return [[name, { value, ...(use === 'required' ? { required: true } : {}) }]];
    });
    return Object.fromEntries(entries);
  }

  function particle(node: Node, path: string): XmlParticle {
    const { minOccurs, maxOccurs = '1', name = '', namespace: from = '##any' } = node.attributes;
    const bounds = { ...(minOccurs === '0' ? { min: 0 } : {}), ...(maxOccurs === 'unbounded' ? { many: true } : {}) };
    if (maxOccurs !== 'unbounded' && maxOccurs !== '1') return unknown(node);
    const parts = () =>
      node.children.filter((part) => part.name !== 'xs:annotation').map((part) => particle(part, path));
    switch (node.name) {
      case 'xs:element':
        return { element: name, type: typeOf(node, `${path}/${name}`), ...bounds };
      case 'xs:any':
        return { any: from, ...bounds };
      case 'xs:sequence':
        return { sequence: parts(), ...bounds };
      case 'xs:choice':
        return { choice: parts(), ...bounds };
      default:
        return unknown(node);
    }
  }

  function valueType(reference: string): XmlValue {
    if (reference === 'spdx:licenseId') return { isLicense: true };
    if (reference.startsWith('xs:')) {
      const base = reference.slice(3);
      return base === 'string' ? {} : { base };
    }
    return simpleType(find('simpleType', reference) ?? unknown(schema, reference));
  }

  function simpleType(node: Node): XmlValue {
    const union = child(node, 'xs:union');
    if (union !== undefined) {
      return { anyOf: (union.attributes.memberTypes ?? '').split(/\s+/).map((reference) => valueType(reference)) };
    }
    const restriction = child(node, 'xs:restriction') ?? unknown(node);
    const facets = restriction.children.filter(({ name }) => name !== 'xs:annotation');
    const of = (facet: string): readonly string[] =>
      facets.filter(({ name }) => name === `xs:${facet}`).map(({ attributes }) => attributes.value ?? '');
    const number = (name: string, facet: string) => of(facet).map((value) => [name, Number(value)]);
    const strange = facets.find(({ name }) => !FACETS.includes(name));
    if (strange !== undefined) return unknown(strange);
    const [values, patterns] = [of('enumeration'), of('pattern')];
    return {
      ...valueType(restriction.attributes.base ?? ''),
      ...(values.length === 0 ? {} : { values }),
      ...(patterns.length === 0 ? {} : { pattern: patterns.map((pattern) => `(?:${pattern})`).join('|') }),
      ...Object.fromEntries([
        ...number('min', 'minInclusive'),
        ...number('max', 'maxInclusive'),
        ...number('minLength', 'minLength'),
        ...number('maxLength', 'maxLength'),
      ]),
    };
  }

  const root = named.get('xs:element bom') ?? unknown(schema);
  return { namespace, root: { name: 'bom', type: typeOf(root, 'bom') }, types };
}

/** What stands beside attributes and says nothing of them. */
const KNOWN = new Set(['xs:annotation', 'xs:anyAttribute', 'xs:assert', 'xs:sequence', 'xs:choice']);
const FACETS = ['enumeration', 'pattern', 'minInclusive', 'maxInclusive', 'minLength', 'maxLength'].map(
  (name) => `xs:${name}`,
);

const child = (node: Node | undefined, name: string): Node | undefined =>
  node?.children.find((one) => one.name === name);

function unknown({ name, attributes }: Node, what = ''): never {
  throw new Error(`the schema has <${name} name="${attributes.name}"> ${what}, which the generator doesn't know`);
}

function parse(text: string): Node {
  const top: Node = { name: '', attributes: {}, children: [] };
  const open = [top];
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes, children: [] };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  return top.children[0] ?? top;
}
