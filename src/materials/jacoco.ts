import { accepted, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';
import { scanXml, type XmlElement } from './xml-scan.ts';

/** JACOCO_XML: a coverage report of JaCoCo that counts instructions, as every report of real classes does. */
export const jacoco: MaterialKind = {
  type: 'JACOCO_XML',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts: 'A report of JaCoCo that counts instructions.',
    facts: ['jacoco.instruction.*', 'jacoco.branch.*', 'jacoco.line.*'],
  },
  inspect({ bytes }) {
    const annotations: Record<string, string> = {};
    const problem = scanXml(bytes, {
      what: 'a JaCoCo report',
      roots: ['report'],
      // JaCoCo names its own DTD, "report.dtd".
      doctype: 'external',
      open(element) {
        if (element.name !== 'counter') return;
        const { type } = element.attributes;
        const covered = count(element, 'covered');
        const missed = count(element, 'missed');
        // The counters of the whole report stand beside its packages.
        if (element.depth !== 2 || type === undefined || !COUNTED.includes(type)) return;
        const name = `chainloop.material.jacoco.${type.toLowerCase()}`;
        annotations[`${name}.covered`] = covered;
        annotations[`${name}.missed`] = missed;
      },
    });
    if (problem !== undefined) return refused(problem);
    return annotations['chainloop.material.jacoco.instruction.covered'] === undefined
      ? refused({ at: 'line 1', message: 'a JaCoCo report has <counter type="INSTRUCTION"> right in its <report>' })
      : accepted({ annotations, mediaType: 'application/xml' });
  },
};

const COUNTED: readonly string[] = ['INSTRUCTION', 'BRANCH', 'LINE'];

function count({ attributes, refuse }: XmlElement, name: string): string {
  const value = attributes[name] ?? '';
  return /^\d{1,15}$/.test(value) ? value : refuse(`the ${name} of a <counter> is a whole number`);
}
