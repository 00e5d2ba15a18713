import { scanXml, type XmlElement } from '../../materials/xml-scan.ts';
import { type Projection, projected } from './projection.ts';

/** A report in the form of Cobertura; a rate is from 0 to 1, and null where there is none. */
export interface CoberturaReport {
  readonly lineRate: number | null;
  readonly branchRate: number | null;
  readonly packages: readonly CoberturaPackage[];
}

export interface CoberturaPackage {
  readonly name: string;
  readonly lineRate: number | null;
  readonly branchRate: number | null;
}

/** COBERTURA_XML. */
export function projectCobertura(bytes: Uint8Array): Projection {
  const packages: CoberturaPackage[] = [];
  let report: Omit<CoberturaReport, 'packages'> = { lineRate: null, branchRate: null };
  const problem = scanXml(bytes, {
    what: 'a Cobertura report',
    roots: ['coverage'],
    doctype: 'external',
    open(element) {
      if (element.depth === 1) report = ratesOf(element);
      if (element.name === 'package') packages.push({ name: element.attributes.name ?? '', ...ratesOf(element) });
    },
  });
  return projected(problem, { ...report, packages });
}

const ratesOf = (element: XmlElement): Omit<CoberturaReport, 'packages'> => ({
  lineRate: rateOf(element, 'line-rate'),
  branchRate: rateOf(element, 'branch-rate'),
});

function rateOf({ attributes }: XmlElement, name: string): number | null {
  const rate = Number.parseFloat(attributes[name] ?? '');
  return rate >= 0 && rate <= 1 ? rate : null;
}
