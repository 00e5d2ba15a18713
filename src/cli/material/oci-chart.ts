import { excerpt } from '../../api/excerpt.ts';
import { Problem } from '../../api/problem.ts';
import { asRecord } from '../../api/record.ts';
import { CHART_MEDIA_TYPE, helmChart } from '../../materials/helm-chart.ts';
import { parseImageName } from '../../materials/image-reference.ts';
import { type Descriptor, readDescriptors, readDocument } from '../../oci/descriptor.ts';
import { fetchWhole } from '../../oci/whole-blob.ts';
import { inRepository, type RegistryAccess } from '../registry.ts';
import { bytesContent, type Content } from './file.ts';

const SCHEME = 'oci://';
/** What tells a chart from other things in a registry (Helm's OCI support, `registry.go`). */
const CONFIG_MEDIA_TYPE = 'application/vnd.cncf.helm.config.v1+json';

/** Whether a value names a chart in a registry, as `helm pull` takes it. */
export const isOciChart = (value: string): boolean => value.startsWith(SCHEME);

/** The `.tgz` of `oci://HOST/NAME:VERSION` or `oci://HOST/NAME@sha256:…`, with the digest that the manifest names. */
export async function ociChartContent(value: string, access: RegistryAccess): Promise<Content> {
  const no = (message: string): Problem =>
    new Problem('material-invalid', `'${excerpt(value, 300)}' is not a chart: ${message}`, {
      hint: 'VALUE is a .tgz that `helm package` wrote, or what `helm push` put into a registry: oci://REGISTRY/NAME:VERSION.',
    });
  // Helm writes the `+` of a version as `_`, which a tag can hold.
  const reading = parseImageName(value.slice(SCHEME.length).replaceAll('+', '_'));
  if (!reading.ok) throw no(reading.message);
  const { path, tag, digest } = reading.name;
  const reference = digest ?? tag;
  if (reference === undefined) throw no('it names no version and no digest');
  return inRepository(access, reading.name, async (repository) => {
    const manifest = await repository.manifest(reference);
    const layer = chartLayer(manifest.bytes);
    if (typeof layer === 'string') throw no(layer);
    const bytes = await fetchWhole(repository, layer, helmChart.maxBytes);
    const version = tag === undefined ? '' : `-${tag.replaceAll('_', '+')}`;
    return bytesContent(bytes, `${path.slice(path.lastIndexOf('/') + 1)}${version}.tgz`);
  });
}

/** The layer that is the chart, or why there is none. */
function chartLayer(manifest: Uint8Array): Descriptor | string {
  const what = 'its manifest';
  const { config, layers } = readDocument(manifest, what);
  const type = asRecord(config)?.mediaType;
  if (type !== CONFIG_MEDIA_TYPE) return `its configuration has the media type '${type}', not ${CONFIG_MEDIA_TYPE}`;
  const found = readDescriptors(layers, what).filter(({ mediaType }) => mediaType === CHART_MEDIA_TYPE);
  const [layer] = found;
  if (layer === undefined || found.length > 1) return `it has ${found.length} layers of ${CHART_MEDIA_TYPE}, not one`;
  return layer;
}
