import { asRecord } from '../../api/record.ts';
import type { Component } from './component.ts';
import { cycloneDxComponents, isCycloneDx } from './cyclonedx-components.ts';
import { isSpdx2, spdx2Components } from './spdx2-components.ts';
import { isSpdx3, spdx3Components } from './spdx3-components.ts';

/** What an SBOM lists, whichever format it is in. Throws for what is neither CycloneDX nor SPDX 2 or 3. */
export function componentsOf(input: unknown): readonly Component[] {
  const document = asRecord(input) ?? {};
  if (isCycloneDx(document)) return cycloneDxComponents(document);
  if (isSpdx2(document)) return spdx2Components(document);
  if (isSpdx3(document)) return spdx3Components(document);
  throw new Error('this is no SBOM in the JSON of CycloneDX, SPDX 2 or SPDX 3');
}
