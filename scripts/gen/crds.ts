import { readdir, readFile } from 'node:fs/promises';
import { load } from 'js-yaml';

/** A node of a structural schema, as far as the generators look at it. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly [key: string]: unknown;
}

export interface Crd {
  readonly file: string;
  readonly kind: string;
  readonly plural: string;
  readonly schema: SchemaNode;
  /** The whole document. */
  readonly document: CrdDocument;
}

export interface CrdDocument {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly scope: string;
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly additionalPrinterColumns: readonly { readonly name: string; readonly priority?: number }[];
      readonly selectableFields?: readonly { readonly jsonPath: string }[];
      readonly schema: { readonly openAPIV3Schema: SchemaNode };
    }[];
  };
}

const FOLDER = new URL('../../crds/', import.meta.url);

/** Every CRD of the project, in the order of its file names. */
export async function readCrds(): Promise<readonly Crd[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => {
      const document = load(await readFile(new URL(file, FOLDER), 'utf8')) as CrdDocument;
      const version = document.spec.versions[0];
      if (version === undefined) throw new Error(`crds/${file} has no version`);
      const { kind, plural } = document.spec.names;
      return { file, kind, plural, schema: version.schema.openAPIV3Schema, document };
    }),
  );
}
