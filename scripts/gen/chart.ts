import { readdir, readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);

/** What the chart carries of what is applied without it: Helm reads no file outside of a chart. */
export const CHART_COPIES: Readonly<Record<string, string>> = {
  crds: 'charts/proviso/files/crds',
  'config/rbac': 'charts/proviso/files/rbac',
  'config/admission': 'charts/proviso/files/admission',
  'config/archive': 'charts/proviso/files/archive',
};

/** What monitoring is given, which isn't applied as it is. */
export const MONITORING_COPIES: Readonly<Record<string, string>> = {
  'config/monitoring': 'charts/proviso/files/monitoring',
  'config/monitoring/dashboards': 'charts/proviso/files/monitoring/dashboards',
};

/** The chart's copies, byte by byte. */
export async function generateChart(): Promise<Readonly<Record<string, string>>> {
  const folders = Object.entries({ ...CHART_COPIES, ...MONITORING_COPIES }).map(async ([from, to]) => {
    const names = (await readdir(new URL(`${from}/`, ROOT))).filter((name) => /\.(yaml|json)$/.test(name));
    const copy = async (name: string) =>
      [`${to}/${name}`, await readFile(new URL(`${from}/${name}`, ROOT), 'utf8')] as const;
    return Promise.all(names.map(copy));
  });
  return Object.fromEntries((await Promise.all(folders)).flat());
}
