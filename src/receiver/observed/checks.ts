import type { IntakeMetrics } from '../../telemetry/intake-metrics.ts';
import type { Refusal } from '../../verify/verdict.ts';
import type { Checks } from '../checks/checks.ts';

/** The form of a container that can't be read. */
const UNREADABLE = 'unreadable';

/** Counts what verification comes to. */
export function observedChecks(checks: Checks, { verifications }: Pick<IntakeMetrics, 'verifications'>): Checks {
  return {
    ...checks,
    async attestation(task, asker) {
      const judgement = await checks.attestation(task, asker);
      const found = judgement.verified ? judgement.attestation : judgement;
      verifications.inc({ form: found.form ?? UNREADABLE, outcome: outcomeOf(judgement) });
      return judgement;
    },
    async envelope(task, asker) {
      const verdict = await checks.envelope(task, asker);
      const outcome = verdict.verified ? 'verified' : verdict.refusals[0].code;
      verifications.inc({ form: verdict.form ?? UNREADABLE, outcome });
      return verdict;
    },
    async image(image, asker) {
      const verdict = await checks.image(image, asker);
      const [first] = verdict.verified ? [] : verdict.refusals;
      const unsigned = verdict.verified ? 'verified' : 'image-not-signed';
      verifications.inc({ form: 'image', outcome: first?.code ?? unsigned });
      return verdict;
    },
  };
}

type Judged = Awaited<ReturnType<Checks['attestation']>>;

function outcomeOf(judgement: Judged): 'verified' | 'mismatch' | Refusal['code'] {
  if (!judgement.verified) return judgement.refusals[0].code;
  return judgement.findings.length === 0 ? 'verified' : 'mismatch';
}
