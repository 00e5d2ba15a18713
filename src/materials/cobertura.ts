import { accepted, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';
import { scanXml, type XmlElement } from './xml-scan.ts';

/** COBERTURA_XML: a coverage report in the form of Cobertura, with at least one package or a line that was covered. */
export const cobertura: MaterialKind = {
  type: 'COBERTURA_XML',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts: 'A report in the form of Cobertura with a package or a covered line.',
    facts: ['cobertura.line_rate', 'cobertura.branch_rate'],
  },
  inspect({ bytes }) {
    let lineRate = '';
    let branchRate: string | undefined;
    let packages = 0;
    const problem = scanXml(bytes, {
      what: 'a Cobertura report',
      roots: ['coverage'],
      // The DTD of Cobertura, coverage-04.dtd, by the address it once had.
      doctype: 'external',
      open(element) {
        if (element.name === 'package') packages += 1;
        if (element.depth > 1) return;
        // Reports of Clover have the same root, and no rates.
        lineRate = rate(element, 'line-rate');
        branchRate = element.attributes['branch-rate'] === undefined ? undefined : rate(element, 'branch-rate');
      },
    });
    if (problem !== undefined) return refused(problem);
    if (Number(lineRate) === 0 && packages === 0) {
      return refused({ at: 'line 1', message: 'the report covers no line and has no <package>: nothing was measured' });
    }
    return accepted({
      annotations: {
        'chainloop.material.cobertura.line_rate': lineRate,
        ...(branchRate === undefined ? {} : { 'chainloop.material.cobertura.branch_rate': branchRate }),
      },
      mediaType: 'application/xml',
    });
  },
};

function rate({ attributes, refuse }: XmlElement, name: string): string {
  const value = attributes[name] ?? '';
  const isRate = /^\d(?:\.\d{1,20})?(?:[eE]-?\d{1,2})?$/.test(value) && Number(value) <= 1;
  return isRate ? value : refuse(`the ${name} of <coverage> is a number from 0 to 1`);
}
