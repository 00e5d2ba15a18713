import type { RefusedObject } from './refused-objects.ts';

const contract = (spec: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Contract',
  metadata: { name: 'release' },
  spec,
});
const image = { name: 'image', type: 'CONTAINER_IMAGE' };
const sbom = { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' };
const secretRef = { name: 'release-key', key: 'cosign.pub' };
const keyless = { issuer: 'https://issuer.example', subject: 'x' };

/** Signers of a material that must be refused. */
export const REFUSED_IMAGE_SIGNERS: readonly RefusedObject[] = [
  {
    what: 'signers of a material that nobody signs',
    object: contract({ materials: [{ ...sbom, signers: [{ keyless }] }] }),
    at: 'spec.materials[0]',
    says: /'signers' is for CONTAINER_IMAGE, SLSA_PROVENANCE and ATTESTATION; who signs for the run stands in spec\.signers/,
  },
  {
    what: 'an image with an empty list of signers',
    object: contract({ materials: [{ ...image, signers: [] }] }),
    at: 'spec.materials[0].signers',
    says: /at least 1|fewer than 1/,
    serverSays: /spec\.materials\[0\]\.signers.* at least 1 item/,
  },
  {
    what: 'a signer of an image that is two things',
    object: contract({ materials: [{ ...image, signers: [{ key: { secretRef }, keyless }] }] }),
    at: 'spec.materials[0].signers[0]',
    says: /a signer must have exactly one of 'key' and 'keyless'/,
  },
  {
    what: 'a key of an image with two sources',
    object: contract({ materials: [{ ...image, signers: [{ key: { secretRef, inline: 'x' } }] }] }),
    at: 'spec.materials[0].signers[0].key',
    says: /a key must have exactly one of 'secretRef', 'configMapRef' and 'inline'/,
  },
];
