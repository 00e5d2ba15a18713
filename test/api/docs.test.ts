import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds } from '../../scripts/gen/crds.ts';
import {
  COMPLIANCE_REASON,
  CURRENT_REASON,
  HEALTH_REASON,
  PIPELINE_REASON,
  REASON,
  RUN_REASON,
} from '../../src/api/reasons.ts';

const test = suite('docs');
const crds = await readCrds();

const POLICY_REASONS = [
  ...['Ready', 'SourceNotFound', 'SourceInvalid', 'EngineUnavailable', 'InvalidSpec', 'FetchFailed'],
  'ProvisioningFailed',
];

/** By page, the reasons of its conditions and events. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  contract: [
    ...[
      'Ready',
      'KeyNotFound',
      'KeyInvalid',
      'TrustRootNotFound',
      'GroupNotFound',
      'NameTaken',
      'PolicyNotFound',
      'PolicyNotReady',
      'InvalidSpec',
      'ProvisioningFailed',
    ],
    'RevisionCreated',
  ],
  clustercontract: [
    ...['Ready', 'KeyNotFound', 'KeyInvalid', 'TrustRootNotFound', 'NameTaken', 'InvalidSpec'],
    ...['PolicyNotFound', 'PolicyNotReady', 'GroupNotFound', 'ProvisioningFailed', 'RevisionCreated'],
  ],
  workflow: [
    ...['Ready', 'ContractNotFound', 'ContractNotReady', 'StoreNotFound', 'NameTaken', 'ProvisioningFailed'],
    ...['BaselineNotReady', 'BaselineConflict', 'TrustRootNotFound'],
    ...['IssuerNotAllowed', 'TokenIssued', 'HistoryPruned', 'EvidenceMissing', 'ContractChanged'],
    ...Object.values(HEALTH_REASON),
  ],
  workflowrun: [
    ...Object.values(RUN_REASON),
    ...Object.values(PIPELINE_REASON),
    ...Object.values(COMPLIANCE_REASON),
    ...Object.values(CURRENT_REASON),
    ...['PushRefused', 'RunOpened', 'MaterialAdded', 'MaterialRefused'],
  ],
  evidencestore: [
    ...['Ready', 'ProbeFailed', 'InvalidSpec', 'RetentionApplied', 'StoreNotFound', 'TargetNotReady'],
    ...['MoveRefused', 'Copying', 'CopyFailed', 'ObjectsMissing', 'ObjectsDamaged', 'ObjectsTooLarge', 'Copied'],
  ],
  trustroot: [
    ...['Ready', 'TrustRootInvalid', 'SourceNotFound', 'FetchFailed', 'Expired', 'InvalidSpec', 'NameTaken'],
    'ProvisioningFailed',
  ],
  policy: POLICY_REASONS,
  clusterpolicy: POLICY_REASONS,
  waiver: [
    ...['Approved', 'AwaitingApproval', 'Expired', 'TooLong', 'PolicyNotFound', 'ApprovalNotEnforced', 'Ready'],
    'ProvisioningFailed',
  ],
  subscription: [
    ...['Ready', 'EndpointNotFound', 'EndpointInvalid', 'InvalidSpec', 'EngineUnavailable', 'NameTaken'],
    ...['ProvisioningFailed', 'Delivered', 'DeliveryFailed', 'Suspended'],
  ],
  policygroup: ['Ready', 'InvalidSpec'],
  clusterpolicygroup: ['Ready', 'InvalidSpec'],
};

const pageOf = (name: string): Promise<string> => readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

test('every kind has a page, and every reason is on one', () => {
  assert.equal(Object.keys(REASONS).sort(), crds.map(({ kind }) => kind.toLowerCase()).sort());
  const listed = new Set(Object.values(REASONS).flat());
  const known = [
    ...Object.values(REASON),
    ...Object.values(RUN_REASON),
    ...Object.values(COMPLIANCE_REASON),
    ...Object.values(CURRENT_REASON),
    ...Object.values(PIPELINE_REASON),
    ...Object.values(HEALTH_REASON),
  ];
  assert.equal([...listed].sort(), [...new Set<string>(known)].sort());
});

for (const [name, reasons] of Object.entries(REASONS)) {
  test(`docs/${name}.md explains its reasons and shows its columns`, async () => {
    const page = await pageOf(name);
    // The table of fields is generated and no explanation.
    const prose = page.slice(0, page.indexOf('\n## Fields'));
    for (const reason of reasons) assert.ok(prose.includes(`\`${reason}\``), `${reason} is not explained`);
    const crd = crds.find(({ kind }) => kind.toLowerCase() === name);
    const columns = crd?.document.spec.versions[0]?.additionalPrinterColumns ?? [];
    const narrow = columns.filter(({ priority = 0 }) => priority === 0).map((column) => column.name.toUpperCase());
    assert.match(prose, new RegExp(`\nNAME +${narrow.join(' +')}\n`));
    for (const { jsonPath } of crd?.document.spec.versions[0]?.selectableFields ?? []) {
      assert.ok(prose.includes(`\`${jsonPath.slice(1)}\``), `the field selector ${jsonPath} is not told of`);
    }
    for (const heading of ['Conditions', 'Fields', 'Troubleshooting']) {
      assert.ok(page.includes(`\n## ${heading}\n`), `there is no heading ${heading}`);
    }
    const described = crd?.schema.properties?.status?.properties?.conditions?.description ?? '';
    // What begins a sentence of that description and is said to be something is a type.
    for (const [, type = ''] of described.matchAll(/(?:^|\. )([A-Z]\w+) (?:is|stays|says)\b/g)) {
      assert.match(prose, new RegExp(`\n\\| \`${type}\` \\|`), `the condition ${type} is in no table`);
    }
  });

  test(`docs/${name}.md: the conditions in the CRD name the same reasons`, () => {
    const crd = crds.find(({ kind }) => kind.toLowerCase() === name);
    const text = crd?.schema.properties?.status?.properties?.conditions?.description ?? '';
    const events = [
      'RevisionCreated',
      'TokenIssued',
      'HistoryPruned',
      'PushRefused',
      'RetentionApplied',
      'EvidenceMissing',
      ...['ContractChanged', 'RunOpened', 'MaterialAdded', 'MaterialRefused'],
    ];
    for (const reason of reasons.filter((each) => !events.includes(each))) {
      assert.ok(text.includes(reason), `${reason} is not in the description of conditions`);
    }
  });
}

test.run();
