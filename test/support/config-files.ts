import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/object.ts';
import type { Shop } from './shop.ts';

/** What a user applies. */
export const CONFIG = new URL('../../config/', import.meta.url);
export const readConfig = (path: string): Promise<string> => readFile(new URL(path, CONFIG), 'utf8');
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
