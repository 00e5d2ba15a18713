import { KIND } from '../../../src/api/kinds.ts';
import { keyOf } from '../../../src/kube/store.ts';
import type { BenchCluster } from './cluster.ts';
import { workflow } from './objects.ts';
import { pause } from './process.ts';
import { isReady, type WorkflowWatch } from './workflow-watch.ts';

/** New workflows beside those that were seeded, and how long each took from its creation until a watch saw it Ready. */
export interface Newcomers {
  /** Makes one after the other; milliseconds of each. */
  oneByOne(count: number): Promise<readonly number[]>;
  /** Makes one now and another each second until `over`, at most 30; milliseconds of each, the first one first. */
  during(over: Promise<unknown>): Promise<readonly number[]>;
}

const MOST = 30;
const APART_MS = 1_000;

export function newcomers(
  { admin, namespaces }: Pick<BenchCluster, 'admin' | 'namespaces'>,
  watch: WorkflowWatch,
  prefix = 'newcomer',
): Newcomers {
  let made = 0;

  async function timeOne(): Promise<number> {
    const number = made++;
    const object = workflow(namespaces[number % namespaces.length] ?? '', `${prefix}-${number}`);
    const started = performance.now();
    await admin.client.create(KIND.Workflow, object);
    await watch.until([keyOf(object.metadata)], isReady);
    return performance.now() - started;
  }

  return {
    async oneByOne(count) {
      const times: number[] = [];
      while (times.length < count) times.push(await timeOne());
      return times;
    },
    async during(over) {
      let isOver = false;
      const end = over.finally(() => {
        isOver = true;
      });
      const times = [await timeOne()];
      while (!isOver && times.length < MOST) {
        await pause(APART_MS);
        if (!isOver) times.push(await timeOne());
      }
      await end;
      return times;
    },
  };
}
