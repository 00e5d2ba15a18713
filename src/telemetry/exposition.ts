import { type OpenMetricsContentType, Registry } from 'prom-client';

/** The forms of a page of metrics: the older text, and OpenMetrics 1.0, which has exemplars. */
export type ExpositionForm = 'text' | 'openmetrics';

export const CONTENT_TYPE: Readonly<Record<ExpositionForm, string>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/** What who asks by this header `Accept` can read; Prometheus asks for OpenMetrics first. */
export const formFor = (accept: string | undefined): ExpositionForm =>
  /\bapplication\/openmetrics-text\b/.test(accept ?? '') ? 'openmetrics' : 'text';

/** The page. The library gives one of the two only: its OpenMetrics changes the names of counters for good. */
export async function renderRegistry(registry: Registry, form: ExpositionForm): Promise<string> {
  if (form === 'text') return registry.metrics();
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  // Of each one that inherits all but the name, which is what is changed.
  for (const metric of registry.getMetricsAsArray()) open.registerMetric(Object.create(metric));
  return open.metrics();
}
