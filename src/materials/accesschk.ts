import { accepted, type Inspection, refused } from './kind.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { bannerReader } from './sysinternals.ts';
import { linesOf, textDocument } from './text-document.ts';

/** Who has which access to the object above; with an account given to accesschk, to which object that account has it. */
const ACCESS = /^(?:RW|R|W)\s+\S/;
/** Of `accesschk -l`: an owner, or an entry of an access control list. */
const DESCRIPTOR = /^(?:OWNER: |\[\d+\] ?\w+_ACE_TYPE: )/;
const NOTHING_FOUND = /^No matching objects found/i;

/** SYSINTERNALS_ACCESSCHK: effective permissions, as accesschk prints them. */
export const accesschk = textDocument(
  'SYSINTERNALS_ACCESSCHK',
  {
    accepts: 'What `accesschk` prints, also with `-v` or `-l`, with or without its banner, as UTF-8 or UTF-16.',
    facts: TOOL_FACTS,
  },
  inspectPermissions,
);

function inspectPermissions(text: string): Inspection {
  const banner = bannerReader('accesschk');
  let hasObject = false;
  let hasAccess = false;
  for (const line of linesOf(text)) {
    if (banner.takes(line)) continue;
    const isIndented = /^[ \t]/.test(line.text);
    const entry = line.text.trim();
    if (isIndented && !hasObject && !ACCESS.test(entry)) {
      return refused({ at: `line ${line.number}`, message: 'no object stands above this line' });
    }
    if (!isIndented) hasObject = true;
    hasAccess ||= ACCESS.test(entry) || (isIndented && DESCRIPTOR.test(entry));
    // Without its banner, that could be said by anything.
    hasAccess ||= NOTHING_FOUND.test(entry) && banner.version() !== undefined;
  }
  if (!hasAccess)
    return refused({ at: 'line 1', message: "no line says who may read or write what, as 'RW NAME' does" });
  return accepted({
    annotations: toolFacts([toolName('AccessChk', banner.version())]),
    mediaType: 'text/plain',
  });
}
