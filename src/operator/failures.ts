import { REASON } from '../api/reasons.ts';
import { KubeError } from '../kube/error.ts';
import type { Finding } from './conditions.ts';

/** An object with the name of one that is to be made exists and isn't ours to change. */
export class NameTakenError extends Error {
  /** Whether the name becomes free without anybody doing anything. */
  readonly isPassing: boolean;

  constructor(message: string, isPassing = false) {
    super(message);
    this.isPassing = isPassing;
  }
}

/** What a failed call means for the object that it was made for. Throws on what passes by itself or is a defect. */
export function findingOf(error: unknown): Finding {
  if (error instanceof NameTakenError) {
    return { state: error.isPassing ? 'waiting' : 'stalled', reason: REASON.NameTaken, message: error.message };
  }
  // What passes by itself is tried again; saying so would only make an object that is Ready flap.
  if (!(error instanceof KubeError) || isPassing(error)) throw error;
  return { state: 'waiting', reason: REASON.ProvisioningFailed, message: error.message };
}

const isPassing = ({ code }: KubeError): boolean => code === 0 || code === 409 || code === 429 || code >= 500;
