import type { RunMessage } from '../../api/messages.ts';
import { type Finding, Problem } from '../../api/problem.ts';
import type { Contract, ContractSpec } from '../../api/types.gen.ts';
import { validateObject } from '../../api/validate.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { effectiveContract } from '../../contract/from-spec.ts';
import { expandGroups, type GroupOf } from '../../contract/policy-groups.ts';
import { trial } from '../../contract/trial.ts';
import { EXIT } from '../exit-code.ts';
import { groupsOfFile } from '../file-groups.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session, targetNamespace } from '../session.ts';
import { draftSigners, imageFindings, signerFindings } from '../trial/signers.ts';
import { yamlDocuments } from '../yaml-documents.ts';
import { trustFindings } from './contract-lint-trust.ts';

export interface TryFlags {
  readonly workflow?: string;
  readonly limit: string;
}

interface Draft {
  readonly contract: EffectiveContract;
  /** Whether those who signed can be judged: not those whose keys stand in the cluster. */
  readonly judgesSigners: boolean;
}

interface Tried {
  readonly run: string;
  readonly workflow: string;
  readonly was: string;
  readonly passed: boolean;
  /** What the draft would have refused it for. */
  readonly findings: readonly Finding[];
}

/**
 * `proviso contract try FILE`: judges the runs on record by a draft, and ends with 3 when one that was accepted would have
 * failed. Nothing is written.
 */
export async function contractTry(session: Session, file: string, flags: TryFlags): Promise<number> {
  const documents = await yamlDocuments(session.io, file);
  const { contract, judgesSigners } = draftOf(oneContract(documents, file), groupsOfFile(documents), file);
  const runs = await finishedRuns(session, contract.name, flags);
  const tried = runs.map((run) => tryRun({ contract, judgesSigners }, run));
  const broken = tried.filter(({ passed, findings }) => passed && findings.length > 0);
  if (!judgesSigners) session.io.err('note: who signed is not judged, since keys of the draft stand in the cluster');
  printResult(session, { contract: contract.name, judgesSigners, runs: tried }, () =>
    formatTried(session, contract, tried),
  );
  return broken.length === 0 ? EXIT.ok : EXIT.contractNotMet;
}

function oneContract(documents: readonly unknown[], file: string): Contract {
  const contracts = documents.filter((each) => (each as { readonly kind?: unknown }).kind === 'Contract');
  const [first, ...others] = contracts;
  if (first === undefined || others.length > 0) {
    throw new Problem('usage', `${file} holds ${contracts.length} contracts, and one was expected`);
  }
  const validation = validateObject('Contract', first);
  if (validation.ok) return validation.object;
  throw new Problem('request-invalid', `the contract in ${file} is not valid`, { errors: validation.findings });
}

function draftOf(contract: Contract, groupOf: GroupOf, file: string): Draft {
  const { metadata } = contract;
  const findings = trustFindings('Contract', contract);
  if (findings.length > 0)
    throw new Problem('request-invalid', `the contract in ${file} is not valid`, { errors: findings });
  const expansion = expandGroups(contract.spec, groupOf, 'PolicyGroup');
  if (!expansion.ok) {
    const { at, message } = expansion;
    throw new Problem('request-invalid', `the contract in ${file} can't be in force: ${at}: ${message}`, {
      hint: 'groups that it takes in must be in the same file',
    });
  }
  const { spec } = expansion;
  const { signers, ofMaterials, elsewhere } = draftSigners(spec);
  const judgesSigners = elsewhere.length === 0;
  // What policies say of a run takes its bytes.
  const { policies: _, ...unjudged } = spec;
  const asked = judgesSigners ? unjudged : withoutSigners(unjudged);
  const reading = effectiveContract(metadata.name, asked, signers, ofMaterials);
  if (reading.ok) return { contract: reading.contract, judgesSigners };
  throw new Problem('request-invalid', `the contract in ${file} can't be in force: ${reading.message}`);
}

const withoutSigners = ({ signers: _, signerThreshold: __, materials = [], ...spec }: ContractSpec): ContractSpec => ({
  ...spec,
  materials: materials.map(({ signers: ___, ...material }) => material),
});

/** Runs with a verdict: of the workflow that is named, else those that were opened with a contract of this name. */
async function finishedRuns(
  session: Session,
  contract: string,
  { workflow, limit }: TryFlags,
): Promise<readonly RunMessage[]> {
  const namespace = targetNamespace(session);
  const query = { limit, ...(workflow === undefined ? {} : { workflow }) };
  const listed = (await session.receiver().list(namespace, query)).filter(({ succeeded }) => succeeded !== 'Unknown');
  const runs: RunMessage[] = [];
  for (const { run } of listed) runs.push(await session.receiver().state({ namespace, run }));
  return workflow === undefined ? runs.filter((run) => run.contract.name === contract) : runs;
}

function tryRun({ contract, judgesSigners }: Draft, run: RunMessage): Tried {
  const { attestation, runner = 'GENERIC', runnerProven = false, environment = {}, annotations = {} } = run;
  const signed = judgesSigners && attestation !== undefined ? signerFindings(contract, attestation) : [];
  const images = judgesSigners ? imageFindings(contract, run.materials) : [];
  return {
    run: run.run,
    workflow: run.workflow,
    was: run.reason,
    passed: run.succeeded === 'True',
    findings: [...trial(contract, { ...run, runner, runnerProven, environment, annotations }), ...signed, ...images],
  };
}

function formatTried({ io }: Session, contract: EffectiveContract, tried: readonly Tried[]): string {
  const { green, red } = io.colours;
  if (tried.length === 0)
    return `no finished run was opened with the contract '${contract.name}'; name a workflow with --workflow`;
  const rows = tried.map(({ run, workflow, was, findings }) => [
    run,
    workflow,
    was,
    findings.length === 0 ? green('met') : red('NOT met'),
    findings.map(({ at, message }) => plain(at === undefined ? message : `${at}: ${message}`)).join('\n'),
  ]);
  const met = tried.filter(({ findings }) => findings.length === 0).length;
  return `${formatTable(io, ['Run', 'Workflow', 'Was', 'Draft', 'Why'], rows)}\n${met} of ${tried.length} would have met it`;
}
