import type { MaterialType } from '../../api/material-types.ts';
import type { Inspection, MaterialInput } from '../../materials/kind.ts';
import { MATERIAL_KINDS } from '../../materials/kinds.ts';
import { type Judgement, type JudgementTask, judge } from './judgement.ts';
import { openTrust, type SharedTrust } from './shared-root.ts';

/** What runs in a thread of the pool: each export is a task, its answer small whatever it was about. */

/** `JudgementTask` as it is sent. */
export interface SentJudgement extends Omit<JudgementTask, 'trust' | 'bytes'> {
  readonly trust: SharedTrust;
  readonly bytes: ArrayBuffer;
}

export const judgeAttestation = ({ bytes, trust, ...task }: SentJudgement): Judgement =>
  judge({ ...task, bytes: new Uint8Array(bytes), trust: openTrust(trust) });

/** `MaterialInput` as it is sent: the bytes in pieces. */
export interface SentMaterial extends Omit<MaterialInput, 'bytes'> {
  readonly type: MaterialType;
  readonly pieces: readonly ArrayBuffer[];
}

export function inspectMaterial({ type, pieces, ...input }: SentMaterial): Inspection {
  const [first = new ArrayBuffer(0), ...others] = pieces;
  const bytes = others.length === 0 ? new Uint8Array(first) : Buffer.concat(pieces.map((each) => new Uint8Array(each)));
  return MATERIAL_KINDS[type].inspect({ ...input, bytes });
}
