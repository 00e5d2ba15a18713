/** A test: its file, and its name as it stands there. */
export type TestName = readonly [file: string, name: string];

const ALL_RUN = 'every command that the pages have for this file was run';
const PIPELINES: TestName = ['test/integration/config-pipelines.test.ts', ALL_RUN];
const CHART: TestName = ['test/chart/install.test.ts', ALL_RUN];

/**
 * By page and heading, the test that holds that the commands there are run; `*` stands for every other heading. A heading
 * that isn't here may only have commands that are in `NOT_RUN`.
 */
export const RUN_BY: Readonly<Record<string, Readonly<Record<string, TestName>>>> = {
  'README.md': {
    'What it looks like': ['test/integration/pages.test.ts', ALL_RUN],
    'Install it in a cluster': CHART,
  },
  'docs/install.md': { Upgrading: CHART, Uninstalling: CHART, 'Installing Proviso': CHART },
  'docs/github-actions.md': { '*': ['test/integration/pages.test.ts', ALL_RUN] },
  'docs/report.md': { Reports: ['test/integration/pages.test.ts', ALL_RUN] },
  'docs/upgrade.md': { '*': CHART },
  'docs/tekton.md': { '*': PIPELINES },
  'docs/argo.md': { '*': PIPELINES },
  'docs/jobs.md': { '*': PIPELINES },
  'docs/interop.md': {
    '*': ['test/integration/interop.test.ts', 'the commands of docs/interop.md, as they stand there'],
  },
  'docs/runbook.md': { '*': ['test/integration/runbook.test.ts', 'every command of the page was run'] },
};

/** Commands that no test runs as they stand there, each in one line: why, and what is tested in their place. */
export interface NotRun {
  readonly page: string;
  readonly commands: readonly string[];
  readonly why: string;
  /** Absent where nothing is, which the page then says. */
  readonly covered?: TestName;
}

const OWN_TEST: TestName = [
  'test/chart/install.test.ts',
  'operator and receiver run by the flags and the rights that the chart gives them, and its own test passes',
];
const NO_PODS = 'it waits for pods, and no kubelet runs beside the tests';

export const NOT_RUN: readonly NotRun[] = [
  {
    page: 'docs/intake.md',
    commands: [
      'witness run --step build --signer-file-key-path key.pem --enable-archivista --archivista-server "$ENDPOINT/v1/namespaces/shop/workflows/build" --archivista-headers "Authorization: Bearer $(cat /var/run/proviso/token)" -- make',
    ],
    why: 'witness isn’t built for the tests; what it posts is made in its form, and posted',
    covered: [
      'test/integration/intake.test.ts',
      'what Witness posts becomes the material of the run that has what it is about',
    ],
  },
  {
    page: 'CONTRIBUTING.md',
    commands: ['make test'],
    why: 'it is what runs this',
    covered: ['test/runner/runner.test.ts', 'counts what passed and closes with one line'],
  },
  {
    page: 'charts/proviso/README.md',
    commands: [
      'helm install proviso charts/proviso --namespace proviso-system --create-namespace',
      'helm test proviso --namespace proviso-system',
    ],
    why: 'they are those of README.md',
    covered: CHART,
  },
  {
    page: 'docs/github-actions.md',
    commands: [
      'helm upgrade proviso charts/proviso --namespace proviso-system --reset-then-reuse-values --values issuers.yaml',
    ],
    why: 'the processes there were not made by the chart; they are started with the issuers',
    covered: ['test/chart/pods.test.ts', 'another list of issuers makes other pods, and carries their authorities'],
  },
  {
    page: 'README.md',
    commands: ['make demo', 'make test'],
    why: 'the one starts a cluster of its own, the other is what runs this',
    covered: [
      'test/integration/pages.test.ts',
      'the README, from its contract to what a consumer verifies without a cluster',
    ],
  },
  {
    page: 'README.md',
    commands: ['helm test proviso --namespace proviso-system'],
    why: NO_PODS,
    covered: OWN_TEST,
  },
  {
    page: 'docs/upgrade.md',
    commands: [
      'kubectl rollout status -n proviso-system deployment/proviso-operator deployment/proviso-receiver',
      'helm test proviso --namespace proviso-system',
    ],
    why: NO_PODS,
    covered: OWN_TEST,
  },
  {
    page: 'docs/install.md',
    commands: ['helm test proviso --namespace proviso-system'],
    why: NO_PODS,
    covered: OWN_TEST,
  },
  {
    page: 'docs/install.md',
    commands: ['helm install proviso charts/proviso --namespace proviso-system'],
    why: 'that of README.md is run, which makes the namespace itself',
    covered: CHART,
  },
  {
    page: 'docs/install.md',
    commands: ['proviso store migrate default bucket'],
    why: 'it takes a bucket and a second store',
    covered: [
      'test/integration/store-migrate.test.ts',
      'its directory may be removed: everything is in the bucket byte for byte, and read by its old name',
    ],
  },
  {
    page: 'docs/cli.md',
    commands: [
      'proviso push --statement statement.json',
      'cosign attest-blob --statement statement.json --key cosign.key --bundle bundle.json --tlog-upload=false --use-signing-config=false',
      'proviso push --attestation bundle.json',
    ],
    why: 'they are those of docs/interop.md',
    covered: ['test/integration/interop.test.ts', 'the commands of docs/interop.md, as they stand there'],
  },
  {
    page: 'docs/cli.md',
    commands: [
      'source <(proviso completion bash)',
      'source <(proviso completion zsh)',
      'proviso completion fish | source',
    ],
    why: 'each is for another shell',
    covered: [
      'test/cli/completion/completion.test.ts',
      '… offers commands, options, choices and files where they belong',
    ],
  },
  {
    page: 'docs/image.md',
    commands: [
      'make image',
      'IMAGE=registry.example.com/proviso:1.2.3 make image',
      'node scripts/image.ts --platform linux/arm64',
      'podman run --rm proviso:0.1.0 operator --help',
      'podman run --rm proviso:0.1.0 receiver --help',
      'podman run --rm proviso:0.1.0 status --help',
    ],
    why: 'they take a builder, podman, and what is fetched of images and modules',
    covered: ['test/image/image.test.ts', 'operator and receiver start in it'],
  },
  {
    page: 'docs/install-cli.md',
    commands: ['ln -s "$(command -v proviso)" ~/.local/bin/kubectl-proviso', 'kubectl proviso status'],
    why: 'they write into the home of whoever runs them',
    covered: ['test/scripts/single/cli.test.ts', 'under the name of a plugin of kubectl its usages are typed so'],
  },
  {
    page: 'docs/install-cli.md',
    commands: ['cp dist/cli-single/kubectl_complete-proviso ~/.local/bin/'],
    why: 'it writes into the home of whoever runs it',
    covered: ['test/integration/console.test.ts', 'kubectl completes the command lines of its plugin'],
  },
  {
    page: 'docs/tracing.md',
    commands: [
      "kubectl get workflowrun -n shop build-80602337c6 -o jsonpath='{.metadata.annotations.proviso\\.dev/traceparent}'",
    ],
    why: 'it takes the name of a run that was traced',
    covered: [
      'test/integration/cli.test.ts',
      'one trace leads from the commands of a run through the receiver to the operator, and so do the logs',
    ],
  },
  {
    page: 'docs/install-cli.md',
    commands: [
      'node scripts/cli.ts --node node-v24.21.0-linux-arm64/bin/node out/linux-arm64',
      'node scripts/cli.ts --node node-v24.21.0-darwin-arm64/bin/node out/darwin-arm64',
      'codesign --sign - out/darwin-arm64/proviso',
      'node scripts/cli.ts --node node-v24.21.0-win-x64/node.exe out/windows-amd64',
    ],
    why: 'they take the Node of other platforms; the page says that only Linux on amd64 is tested',
  },
  {
    page: 'docs/intake.md',
    commands: [
      'witness run --step build --signer-file-key-path key.pem --enable-archivista --archivista-server "$ENDPOINT/v1/namespaces/shop/workflows/build" --archivista-headers "Authorization: Bearer $(cat /var/run/proviso/token)" -- make',
    ],
    why: 'Witness can’t be built of what the module proxy has; it posts with the client that is run there',
    covered: [
      'test/integration/intake.test.ts',
      'the client that Chains and Witness are built with takes what it gets for Archivista',
    ],
  },
  {
    page: 'docs/performance.md',
    commands: ['make bench', 'node test/bench/main.ts start'],
    why: 'they take minutes in which nothing else may run',
    covered: ['test/bench/verify/verify.test.ts', 'every form is verified and compared, at each size'],
  },
  {
    page: 'docs/policy-library.md',
    commands: ['proviso policy test config/policies/'],
    why: 'its cases are run in the process of the test',
    covered: ['test/config/policies.test.ts', 'every case comes out as it expects'],
  },
  {
    page: 'docs/policy-library.md',
    commands: ['kubectl apply -f config/policies/'],
    why: 'it is run there, by the path of the folder',
    covered: ['test/integration/crds.test.ts', 'the library of policies applies as a directory, without its tests'],
  },
  {
    page: 'docs/policy-test.md',
    commands: ['proviso policy test policies/ --covered --junit policies.xml'],
    why: 'the folder is the reader’s own',
    covered: ['test/cli/policy-test.test.ts', 'a JUnit report holds the same, as a reader of XML sees it'],
  },
  {
    page: 'docs/statements.md',
    commands: [
      'proviso download shop/build-89282e44d9 --statement vsa -f vsa.json',
      'proviso download shop/build-89282e44d9 --statement provenance -f provenance.json',
    ],
    why: 'they are run there with the name of a run',
    covered: [
      'test/integration/statements-verify.test.ts',
      'verify offline, from files that download got, without a cluster',
    ],
  },
  {
    page: 'docs/statements.md',
    commands: [
      'cosign verify-blob-attestation --key control-plane.pub --bundle vsa.json --insecure-ignore-tlog --type https://slsa.dev/verification_summary/v1 shop-1.4.0.tgz',
      'cosign verify-blob-attestation --key control-plane.pub --bundle provenance.json --insecure-ignore-tlog --type slsaprovenance1 shop-1.4.0.tgz',
    ],
    why: 'that of README.md is run as it stands; these with files of a test',
    covered: [
      'test/integration/statements-verify.test.ts',
      'cosign … accepts both statements by the published key, and nothing else',
    ],
  },
  {
    page: 'docs/statements.md',
    commands: [
      'jq .dsseEnvelope vsa.json > vsa.intoto.json',
      'slsa-verifier verify-vsa --attestation-path vsa.intoto.json --public-key-path control-plane.pub --subject-digest "sha256:$(sha256sum shop-1.4.0.tgz | cut -d\' \' -f1)" --verifier-id VERIFIER --resource-uri VERIFIER/namespaces/shop/workflows/build --verified-level PROVISO_CONTRACT_MET --verified-level SLSA_BUILD_LEVEL_2',
    ],
    why: 'slsa-verifier isn’t built for the tests; the page says so',
  },
];
