import type { RunOwner } from '../api/types.gen.ts';
import {
  type Acceptance,
  ATTESTATION,
  attestationUri,
  type ControlPlaneStatement,
  digestSet,
  statementAbout,
} from './acceptance.ts';
import { outputNames } from './statement.ts';

/** SLSA provenance, https://slsa.dev/provenance/v1 */
export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';
/** What the parameters mean: docs/statements.md. */
export const BUILD_TYPE = 'https://proviso.dev/buildtypes/workflowrun/v1';

/**
 * The provenance of a run that a pod opened; undefined for any other, of whose build the cluster knows nothing. What a
 * pipeline only says of itself is left out, also where a reader would like to have it: the commit, the runner of a pod
 * that nothing controls, addresses, variables.
 */
export function renderProvenance(acceptance: Acceptance): ControlPlaneStatement | undefined {
  const { record, verifierId, version, time } = acceptance;
  const { owner, runner } = record;
  if (owner === undefined) return undefined;
  return statementAbout(acceptance, PROVENANCE_TYPE, {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        workflow: { namespace: record.namespace, name: record.workflow, uid: record.workflowUid },
        contract: {
          name: record.contract.name,
          revision: record.revision,
          revisionName: record.revisionName,
          digest: record.contractDigest,
        },
        owner: ownerOf(owner),
      },
      internalParameters: { username: record.username },
    },
    runDetails: {
      builder: {
        id: builderId(verifierId, runner.authenticated ? runner.type : 'POD'),
        version: { proviso: version },
      },
      metadata: {
        invocationId: record.uid,
        ...(record.startTime === undefined ? {} : { startedOn: record.startTime }),
        finishedOn: time,
      },
      byproducts: byproductsOf(acceptance),
    },
  });
}

/** A kind of runner of this cluster. */
export const builderId = (verifierId: string, runner: string): string => `${verifierId}/runners/${runner}`;

const ownerOf = ({ apiVersion, kind, name, uid }: RunOwner): RunOwner => ({ apiVersion, kind, name, uid });

/** The attestation, and whatever was handed in besides the outputs: what it had to do with the build isn't known. */
function byproductsOf(acceptance: Acceptance) {
  const { record, attestation } = acceptance;
  const outputs = outputNames(record);
  const others = record.materials.filter(({ name, type }) => !outputs.has(name) || type === 'STRING');
  return [
    { name: ATTESTATION, uri: attestationUri(acceptance), digest: digestSet(attestation) },
    ...others.map(({ name, digest }) => ({ name: `materials/${name}`, digest: digestSet(digest) })),
  ];
}
