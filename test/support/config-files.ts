import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../src/api/object.ts';
import type { Shop } from './shop.ts';

/** What a user applies. */
export const CONFIG = new URL('../../config/', import.meta.url);
export const readConfig = (path: string): Promise<string> => readFile(new URL(path, CONFIG), 'utf8');

/** What is no object of the cluster, and the test that judges it. */
const JUDGED_ELSEWHERE: readonly (readonly [path: RegExp, test: string])[] = [
  [/^ci\//, 'test/config/ci.test.ts'],
  [/^krew\//, 'test/config/krew.test.ts'],
  [/^monitoring\//, 'test/config/monitoring.test.ts'],
  [/^policies\/tests\//, 'test/config/policies.test.ts'],
];

export interface ConfigObject {
  readonly path: string;
  readonly object: KubeObject & { readonly spec?: object };
}

/** Every object of the cluster in any YAML below `config/`. Throws for a file that is none and that no other test judges. */
export async function configObjects(): Promise<readonly ConfigObject[]> {
  const names = (await readdir(CONFIG, { recursive: true })).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  const found: ConfigObject[] = [];
  for (const path of names) {
    const [, judge] = JUDGED_ELSEWHERE.find(([pattern]) => pattern.test(path)) ?? [];
    if (judge !== undefined) {
      await readFile(new URL(`../${judge}`, CONFIG));
      continue;
    }
    for (const object of loadAll(await readConfig(path)) as KubeObject[]) {
      if (!object?.apiVersion || !object.kind) throw new Error(`config/${path} is no object of Kubernetes`);
      found.push({ path, object });
    }
  }
  return found;
}

const APP = {
  name: 'shop',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: { '': { name: 'shop', version: '1.0.0' } },
};

/** A directory with the source of a package for npm. */
export async function npmSource(shop: Shop, name: string): Promise<string> {
  const directory = await mkdtemp(join(shop.stack.controlPlane.dir, `${name}-`));
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: 'shop', version: '1.0.0', license: 'MIT' }));
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify(APP));
  return directory;
}

/** Creates an object in the namespace `shop`; a field that its definition doesn't know fails it. */
export const createIn = async (shop: Shop, text: string): Promise<KubeObject> =>
  JSON.parse(await shop.kubectl('create -n shop --validate=strict -o json -f -', text)) as KubeObject;
/** Of what controls another object. */
export const controllerReference = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject) => ({
  ...{ apiVersion, kind, name, uid },
  controller: true,
});
