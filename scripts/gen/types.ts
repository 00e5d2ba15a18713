import type { Crd, SchemaNode } from './crds.ts';

/** Parts of a kind that deserve a name of their own, by path. */
const NAMED: Readonly<Record<string, string>> = {
  'Contract.spec': 'ContractSpec',
  'Contract.status': 'ContractStatus',
  'Contract.spec.materials[]': 'ContractSpecMaterial',
  'Contract.spec.materials[].signers[]': 'ContractSpecSigner',
  'Contract.spec.materials[].signers[].key': 'ContractSpecKey',
  'Contract.spec.signers[]': 'ContractSpecSigner',
  'Contract.spec.signers[].key': 'ContractSpecKey',
  'ClusterContract.spec': 'ClusterContractSpec',
  'ClusterContract.status': 'ClusterContractStatus',
  'Workflow.spec': 'WorkflowSpec',
  'Workflow.status': 'WorkflowStatus',
  'WorkflowRun.spec': 'WorkflowRunSpec',
  'WorkflowRun.spec.identity': 'RunIdentity',
  'WorkflowRun.spec.identity.owner': 'RunOwner',
  'WorkflowRun.spec.runner': 'RunRunner',
  'WorkflowRun.spec.commit': 'RunCommit',
  'WorkflowRun.spec.commit.signature': 'RunCommitSignature',
  'WorkflowRun.status': 'WorkflowRunStatus',
  'WorkflowRun.status.materials[]': 'RecordedMaterial',
  'WorkflowRun.status.materials[].signers[]': 'RecordedSigner',
  'WorkflowRun.status.materials[].policies[]': 'RecordedJudgement',
  'WorkflowRun.status.materials[].evaluations': 'RecordedEvaluations',
  'WorkflowRun.status.policies': 'RunPolicies',
  'WorkflowRun.status.policies.violations[]': 'RecordedObjection',
  'WorkflowRun.status.policies.evaluations[]': 'RecordedEvaluation',
  'WorkflowRun.status.policies.atInit': 'RecordedEvaluations',
  'WorkflowRun.status.policies.atPush': 'RecordedEvaluations',
  'WorkflowRun.status.current': 'RunCurrent',
  'WorkflowRun.status.current.violations[]': 'RecordedObjection',
  'WorkflowRun.status.waivers[]': 'RecordedWaiver',
  'WorkflowRun.status.progress': 'RunProgress',
  'WorkflowRun.status.attestation': 'RecordedAttestation',
  'WorkflowRun.status.attestation.signer': 'RecordedSigner',
  'WorkflowRun.status.statements[]': 'RecordedStatement',
  'EvidenceStore.spec': 'EvidenceStoreSpec',
  'EvidenceStore.status': 'EvidenceStoreStatus',
  'TrustRoot.spec': 'TrustRootSpec',
  'EvidenceStore.spec.s3': 'EvidenceStoreS3',
  'EvidenceStore.spec.oci': 'EvidenceStoreOci',
  'TrustRoot.spec.sigstore': 'TrustRootSource',
  'TrustRoot.spec.sigstore.tuf': 'TrustRootTuf',
  'TrustRoot.status': 'TrustRootStatus',
  'Policy.spec': 'PolicySpec',
  'Policy.spec.source': 'PolicySource',
  'Policy.status': 'PolicyStatus',
  'ClusterPolicy.spec': 'ClusterPolicySpec',
  'ClusterPolicy.status': 'ClusterPolicyStatus',
  'Waiver.spec': 'WaiverSpec',
  'Waiver.status': 'WaiverStatus',
  'Subscription.spec': 'SubscriptionSpec',
  'Subscription.status': 'SubscriptionStatus',
  'PolicyGroup.spec': 'PolicyGroupSpec',
  'PolicyGroup.status': 'PolicyGroupStatus',
  'ClusterPolicyGroup.spec': 'ClusterPolicyGroupSpec',
  'ClusterPolicyGroup.status': 'ClusterPolicyGroupStatus',
};

const HEADER = `/* Generated from crds/ by scripts/gen.ts; run \`make gen\` after a change there. */
import type { Condition } from './conditions.ts';
import type { ObjectMeta } from './object.ts';
`;

/**
 * TypeScript interfaces of all kinds. Written by hand since the generators on npm can't make members read-only, and a
 * structural schema has few forms.
 */
export function generateTypes(crds: readonly Crd[]): string {
  const declared = new Map<string, string>();
  for (const crd of crds) declare(declared, crd.kind, crd.schema, crd.kind);
  return `${HEADER}\n${[...declared.values()].join('\n')}`;
}

function declare(declared: Map<string, string>, name: string, node: SchemaNode, path: string): void {
  // The place is taken first, so that a kind stands before its parts.
  declared.set(name, '');
  const isKind = !path.includes('.');
  const metadata = isKind ? '  readonly metadata: ObjectMeta;\n' : '';
  const text = `${comment(node, '')}export interface ${name} {\n${metadata}${members(declared, node, path, '  ')}}\n`;
  declared.set(name, text);
}

function members(declared: Map<string, string>, node: SchemaNode, path: string, indent: string): string {
  return Object.entries(node.properties ?? {})
    .map(([name, child]) => {
      const optional = node.required?.includes(name) ? '' : '?';
      const type = typeOf(declared, child, `${path}.${name}`, indent);
      return `${comment(child, indent)}${indent}readonly ${name}${optional}: ${type};\n`;
    })
    .join('');
}

function typeOf(declared: Map<string, string>, node: SchemaNode, path: string, indent: string): string {
  if (path.endsWith('.conditions[]')) return 'Condition';
  const name = NAMED[path];
  if (name !== undefined) {
    declare(declared, name, node, path);
    return name;
  }
  if (node.enum !== undefined) return node.enum.map((value) => `'${value}'`).join(' | ');
  switch (node.type) {
    case 'array':
      return arrayOf(typeOf(declared, node.items ?? {}, `${path}[]`, indent));
    case 'object':
      if (typeof node.additionalProperties === 'object') {
        return `Readonly<Record<string, ${typeOf(declared, node.additionalProperties, `${path}{}`, indent)}>>`;
      }
      return `{\n${members(declared, node, path, `${indent}  `)}${indent}}`;
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
      return node.type;
    default:
      throw new Error(`${path} has the type ${node.type}, which the generator does not know`);
  }
}

const arrayOf = (item: string): string => (item.includes(' | ') ? `readonly (${item})[]` : `readonly ${item}[]`);

function comment(node: SchemaNode, indent: string): string {
  return node.description === undefined ? '' : `${indent}/** ${node.description.replaceAll('*/', '* /')} */\n`;
}
