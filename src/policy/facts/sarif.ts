import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { scoreOf, severityOf } from './severity.ts';
import type { Vulnerability } from './vulnerability.ts';

/** One result of a SARIF log. */
export interface SarifResult {
  readonly rule: string;
  /** That of the result, else the default of its rule, else `warning`. */
  readonly level: string;
  readonly message: string;
  /** Where it is, as far as the log says: the URI and the line of the first location. */
  readonly file: string;
  readonly line: bigint;
  /** Somebody has decided that it is to be let be. */
  readonly suppressed: boolean;
  /** The `security-severity` of its rule, a CVSS score; 0 if there is none. */
  readonly score: number;
}

export const isSarif = (document: UnknownRecord): boolean =>
  asText(document.version)?.startsWith('2.1') === true && Array.isArray(document.runs);

/** The results of all runs. Throws for what is no SARIF, and for a run that came to no results. */
export function sarifResults(input: unknown): readonly SarifResult[] {
  const document = asRecord(input) ?? {};
  if (!isSarif(document)) throw new Error('this is no SARIF 2.1 log');
  return asArray(document.runs).flatMap((each) => {
    const run = asRecord(each) ?? {};
    const rules = rulesOf(run);
    // So the specification tells a tool that found nothing from one that didn't get that far.
    if (!Array.isArray(run.results))
      throw new Error("a run has no 'results', not even an empty list: the tool has failed");
    return run.results.map((result) => resultOf(asRecord(result) ?? {}, rules));
  });
}

/**
 * What a scanner wrote as SARIF, with the scores that scanners for vulnerabilities give their rules. One without a score is of
 * a severity that isn't known, and not left out: nobody has said that it is none.
 */
export const sarifVulnerabilities = (document: UnknownRecord): readonly Vulnerability[] =>
  sarifResults(document)
    .filter(({ score, level }) => score > 0 || level !== 'none')
    .map(({ rule, score, file, suppressed }) => ({
      id: rule,
      severity: severityOf(undefined, score),
      score,
      component: file,
      status: suppressed ? 'not_affected' : 'unknown',
    }));

type Rules = ReadonlyMap<unknown, UnknownRecord>;

/** By id, and those of the driver by index too. */
function rulesOf({ tool }: UnknownRecord): Rules {
  const { driver, extensions } = asRecord(tool) ?? {};
  const own = asArray(asRecord(driver)?.rules).map((rule) => asRecord(rule) ?? {});
  const others = asArray(extensions).flatMap((each) =>
    asArray(asRecord(each)?.rules).map((rule) => asRecord(rule) ?? {}),
  );
  return new Map([
    ...[...others, ...own].map((rule) => [rule.id, rule] as const),
    ...own.map((rule, index) => [index, rule] as const),
  ]);
}

function resultOf(result: UnknownRecord, rules: Rules): SarifResult {
  const reference = asRecord(result.rule);
  const id = asText(result.ruleId) ?? asText(reference?.id);
  const rule =
    rules.get(id) ?? (asRecord(reference?.toolComponent) === undefined ? rules.get(result.ruleIndex) : undefined);
  const [location] = asArray(result.locations);
  const { artifactLocation, region } = asRecord(asRecord(location)?.physicalLocation) ?? {};
  const line = asRecord(region)?.startLine;
  return {
    rule: id ?? asText(rule?.id) ?? '',
    level: levelOf(result, rule),
    message: asText(asRecord(result.message)?.text) ?? '',
    file: asText(asRecord(artifactLocation)?.uri) ?? '',
    line: Number.isSafeInteger(line) ? BigInt(line as number) : 0n,
    suppressed: asArray(result.suppressions).some((each) => {
      const { status } = asRecord(each) ?? {};
      return status === undefined || status === 'accepted';
    }),
    score: scoreOf(asRecord(rule?.properties)?.['security-severity']),
  };
}

function levelOf({ level, kind }: UnknownRecord, rule: UnknownRecord | undefined): string {
  // Of anything but a failure the level means nothing.
  if (kind !== undefined && kind !== 'fail') return 'none';
  return asText(level) ?? asText(asRecord(rule?.defaultConfiguration)?.level) ?? 'warning';
}
