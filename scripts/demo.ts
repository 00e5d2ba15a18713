import { rm } from 'node:fs/promises';
import pc from 'picocolors';
import { startStack } from '../test/support/stack.ts';
import { StoryError } from './demo/shell.ts';
import { tellStory } from './demo/story.ts';

/**
 * `make demo`: the whole story on a real API server, with operator and receiver as processes of their own. Exits 0 only
 * if each step had the stated outcome. With `--keep` (`make dev`) everything stays up until Ctrl-C.
 */
const keep = process.argv.includes('--keep');
const started = performance.now();
const stack = await startStack({ onStep: (step) => console.log(pc.dim(`# ${step}`)) });
const work = `${stack.controlPlane.dir}/work`;
const stop = async () => {
  await stack.stop();
  await rm(work, { recursive: true, force: true });
};

try {
  await tellStory(stack, work);
  console.log(
    pc.bold(`\nEvery step had the outcome it should, in ${Math.round((performance.now() - started) / 1000)} s.`),
  );
} catch (error) {
  process.exitCode = 1;
  console.error(pc.red(`\n${error instanceof StoryError ? error.message : (error as Error).stack}`));
  for (const { name, logFile } of stack.processes) console.error(pc.dim(`log of the ${name}: ${logFile}`));
}

if (keep) {
  console.log(`\nLeft running until Ctrl-C. In another terminal:\n`);
  console.log(`  export KUBECONFIG=${stack.controlPlane.adminKubeconfig}`);
  console.log('  kubectl get contracts,workflows.proviso.dev,workflowruns,evidencestores -A\n');
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
}
await stop();
