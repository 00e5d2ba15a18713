import { excerpt } from '../api/excerpt.ts';
import type { Finding } from '../api/problem.ts';
import { asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { archiveForm, visitArchive } from './archive/read.ts';
import { accepted, type MaterialKind, refused, WHOLE_DOCUMENT } from './kind.ts';
import { schemaCheck } from './schema.ts';
import { parseYaml } from './yaml-document.ts';

/** SemVer 2, as loosely as Helm reads it. */
const VERSION = '^v?\\d+(\\.\\d+){0,2}(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$';

/** What `Chart.yaml` must have by Helm's documentation. */
const check = schemaCheck({
  type: 'object',
  required: ['apiVersion', 'name', 'version'],
  properties: {
    apiVersion: { enum: ['v1', 'v2'] },
    name: { type: 'string', minLength: 1, pattern: '^[^/\\\\]+$' },
    // YAML takes `1.0` for a number; Helm makes a text of it again.
    version: { type: ['string', 'number'], pattern: VERSION },
    appVersion: { type: ['string', 'number'] },
    type: { enum: ['application', 'library', ''] },
    dependencies: {
      type: 'array',
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 } } },
    },
  },
});

/** HELM_CHART: the `.tgz` that `helm package` writes, with a readable `Chart.yaml` and `values.yaml`. */
export const helmChart: MaterialKind = {
  type: 'HELM_CHART',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts: 'The `.tgz` that `helm package` writes; `proviso add` also fetches it by `oci://`.',
    versions: ['v1', 'v2'],
    facts: ['helm.name', 'helm.version', 'helm.app_version'],
  },
  inspect({ bytes }) {
    if (archiveForm(bytes) !== 'tar.gz') return refused({ message: 'a chart is the .tgz that `helm package` writes' });
    const files = new Map<string, unknown>();
    const folders = new Set<string>();
    const problem = visitArchive('tar.gz', bytes, {
      wants(name) {
        folders.add(name.split('/', 1)[0] ?? '');
        return ASKED.test(name);
      },
      visit(name, content) {
        const parsed = parseYaml(content);
        if (!parsed.ok) return { at: `${name}, ${parsed.at}`, message: parsed.message };
        files.set(nameIn(name), parsed.value);
        return undefined;
      },
    });
    const findings = problem === undefined ? chartFindings(files, folders) : [problem];
    if (findings.length > 0) return refused(...findings);
    return accepted({ annotations: facts(asRecord(files.get(CHART)) ?? {}), mediaType: CHART_MEDIA_TYPE });
  },
};

const CHART = 'Chart.yaml';
const VALUES = 'values.yaml';
/** Those of the chart itself; its dependencies are charts below `charts/`. */
const ASKED = /^[^/]+\/(?:Chart|values)\.yaml$/;
/** Of the layer of a chart in a registry, too. */
export const CHART_MEDIA_TYPE = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

const nameIn = (path: string): string => path.slice(path.indexOf('/') + 1);

function chartFindings(files: ReadonlyMap<string, unknown>, folders: ReadonlySet<string>): readonly Finding[] {
  if (folders.size > 1) {
    const [first = '', second = ''] = folders;
    return [{ at: excerpt(second), message: `a chart is all in one folder, and there is '${excerpt(first)}' too` }];
  }
  const missing = [CHART, VALUES].find((name) => !files.has(name));
  if (missing !== undefined) return [{ message: `there is no ${missing} in the folder of the chart` }];
  const findings = check(files.get(CHART));
  if (findings.length > 0) return findings.map(({ at, message }) => ({ at: `${CHART}, ${at}`, message }));
  const values = files.get(VALUES);
  if (values === null || asRecord(values) !== undefined) return [];
  return [{ at: `${VALUES}, /`, message: 'must be a mapping, or empty' }];
}

const facts = ({ name, version, appVersion }: UnknownRecord): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ name, version, app_version: appVersion }).flatMap(([key, value]) => {
      const text = asText(value);
      return text === undefined ? [] : [[`chainloop.material.helm.${key}`, excerpt(text, 1024)]];
    }),
  );
