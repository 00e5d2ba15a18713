/** An object of ours as JSON, for kubectl. */
export const manifest = (kind: string, name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'proviso.dev/v1alpha1', kind, metadata: { name }, spec });
