import { scanXml, type XmlElement } from '../../materials/xml-scan.ts';
import { type Projection, projected } from './projection.ts';

/** A report of JaCoCo: its counters, and those of its packages. */
export interface JacocoReport {
  readonly name: string;
  readonly counters: readonly JacocoCounter[];
  readonly packages: readonly { readonly name: string; readonly counters: readonly JacocoCounter[] }[];
}

export interface JacocoCounter {
  /** `INSTRUCTION`, `BRANCH`, `LINE`, `COMPLEXITY`, `METHOD` or `CLASS`. */
  readonly type: string;
  readonly missed: number;
  readonly covered: number;
}

interface Counted {
  readonly name: string;
  readonly counters: JacocoCounter[];
}

/** JACOCO_XML; groups of several modules are passed over, their packages are not. */
export function projectJacoco(bytes: Uint8Array): Projection {
  const packages: Counted[] = [];
  let report: Counted = { name: '', counters: [] };
  let depth = Number.POSITIVE_INFINITY;
  const problem = scanXml(bytes, {
    what: 'a JaCoCo report',
    roots: ['report'],
    doctype: 'external',
    open(element) {
      const { name, attributes } = element;
      if (element.depth === 1) report = { name: attributes.name ?? '', counters: [] };
      if (name === 'package') {
        packages.push({ name: attributes.name ?? '', counters: [] });
        depth = element.depth;
      }
      if (name !== 'counter') return;
      if (element.depth === 2) report.counters.push(counterOf(element));
      else if (element.depth === depth + 1) packages.at(-1)?.counters.push(counterOf(element));
    },
  });
  return projected(problem, { ...report, packages });
}

const counterOf = ({ attributes, refuse }: XmlElement): JacocoCounter => {
  const [missed, covered] = [Number(attributes.missed), Number(attributes.covered)];
  if (!Number.isSafeInteger(missed) || !Number.isSafeInteger(covered)) refuse('a <counter> has whole numbers');
  return { type: attributes.type ?? '', missed, covered };
};
