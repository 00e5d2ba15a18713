/** An SBOM with one component under this license, or of no version and license if that is empty; with none without it. */
export const sbom = (license?: string, name = 'readline') =>
  JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    ...(license === undefined
      ? {}
      : {
          components: [
            {
              ...{ type: 'library', name, purl: `pkg:npm/${name}` },
              ...(license === '' ? {} : { version: '1.2', licenses: [{ license: { id: license } }] }),
            },
          ],
        }),
  });
