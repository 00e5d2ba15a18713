import { asArray, asRecord, asText } from '../api/record.ts';

/** In a rule's id, as in `Reflected_XSS (sast)`. */
const ENGINE = /\(([\w-]{1,40})\)\s*$/;

/**
 * The engines of Checkmarx that found something in a run of a SARIF log. All of them write under one name of a tool, and say
 * who found it at the end of a rule's id only; of a run of another tool the same would mean nothing.
 */
export function checkmarxEngines(run: unknown): readonly string[] {
  const { tool, results } = asRecord(run) ?? {};
  const driver = asRecord(asRecord(tool)?.driver);
  const isCheckmarx = /checkmarx/i.test(asText(driver?.name) ?? '') || asArray(driver?.rules).some(isTagged);
  if (!isCheckmarx) return [];
  const engines = asArray(results).map((result) => ENGINE.exec(asText(asRecord(result)?.ruleId) ?? '')?.[1]);
  return [...new Set(engines)].filter((engine) => engine !== undefined);
}

const isTagged = (rule: unknown): boolean =>
  asArray(asRecord(asRecord(rule)?.properties)?.tags).some((tag) => String(tag).toLowerCase() === 'checkmarx');
