import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chapter, say } from './shell.ts';
import { currentRun, mountSecret, type Stage } from './story.ts';

/** Four things that must not work, each with the answer a person gets. */
export async function tellRefusals(stage: Stage): Promise<void> {
  await missingMaterial(stage);
  await tamperedBundle(stage);
  await otherToken(stage);
  await bannedComponent(stage);
  await stage.kubectl('get -n shop workflowruns -o wide');
  await stage.kubectl(
    "get -n shop events.events.k8s.io --field-selector reason=PushRefused -o 'custom-columns=REASON:.reason,RUN:.regarding.name,NOTE:.note'",
  );
}

async function missingMaterial(stage: Stage): Promise<void> {
  chapter('Refusal 1: a material is missing');
  await stage.proviso('build', 'init --replace');
  await stage.proviso('build', 'add sbom sbom.cdx.json');
  await stage.proviso('build', 'push', { code: 3, says: /package/ });
  say('that was the CLI being helpful; the cluster decides by itself, also when somebody goes around the CLI');
  await stage.proviso('build', 'push --no-submit --bundle incomplete.json');
  await stage.proviso('build', 'push --attestation incomplete.json', { code: 3, says: /package.*\n.*tests/ });
}

async function tamperedBundle(stage: Stage): Promise<void> {
  chapter('Refusal 2: a bundle that was tampered with');
  await stage.proviso('build', 'add package sbom.cdx.json');
  await stage.proviso('build', 'add tests junit.xml');
  await stage.proviso('build', 'push --no-submit --bundle signed.json');
  say('one digit of the payload is changed after it was signed');
  const bundle = JSON.parse(await readFile(join(stage.directory, 'signed.json'), 'utf8')) as {
    dsseEnvelope: { payload: string };
  };
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
  const changed = payload.replace(/"sha256":"(.)/, (_, digit: string) => `"sha256":"${digit === '0' ? '1' : '0'}`);
  bundle.dsseEnvelope.payload = Buffer.from(changed).toString('base64');
  await writeFile(join(stage.directory, 'tampered.json'), JSON.stringify(bundle));
  await stage.proviso('build', 'push --attestation tampered.json', { code: 1, says: /signature/i });
}

async function otherToken(stage: Stage): Promise<void> {
  chapter("Refusal 3: another workflow's token");
  const workflow = await readFile(new URL('../../config/samples/workflow.yaml', import.meta.url), 'utf8');
  await writeFile(join(stage.directory, 'other.yaml'), workflow.replace(/name: build\b/, 'name: other'));
  await stage.kubectl(`apply -n shop -f ${join(stage.directory, 'other.yaml')}`);
  await stage.kubectl('wait -n shop --for=condition=Ready --timeout=30s workflow.proviso.dev/other');
  await mountSecret(stage, 'other');
  const run = await currentRun(stage);
  await stage.proviso('other', 'push', {
    code: 1,
    says: /run-not-found|run-forbidden|submit-forbidden/,
    env: { PROVISO_RUN: `shop/${run}` },
  });
}

async function bannedComponent(stage: Stage): Promise<void> {
  chapter('Refusal 4: a policy objects');
  await stage.kubectl('apply -f config/policies/components-banned.yaml');
  await stage.kubectl('apply -n shop -f config/samples/contract-guarded.yaml -f config/samples/workflow-guarded.yaml');
  await stage.kubectl('wait -n shop --for=condition=Ready --timeout=30s workflow.proviso.dev/guarded');
  await mountSecret(stage, 'guarded');
  await stage.proviso('guarded', 'init');
  await stage.proviso('guarded', 'add sbom sbom.cdx.json', { code: 4, says: /violates components-banned/ });
  await stage.proviso('guarded', 'push', { code: 4, says: /PolicyViolation/ });
}
