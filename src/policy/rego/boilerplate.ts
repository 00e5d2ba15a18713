/** What Chainloop's policies may leave out: the rule, and how it is then. */
const DEFAULTS: Readonly<Record<string, string>> = {
  result: `result := {
	"violations": violations,
	"findings": findings,
	"skipped": skipped,
	"skip_reason": skip_reason,
	"ignore": ignore,
}`,
  violations: 'default violations := []',
  findings: 'default findings := []',
  skipped: `default skipped := true
skipped := false if valid_input`,
  skip_reason: `default skip_reason := ""
skip_reason := "the input is not of the kind that this policy judges" if not valid_input`,
  valid_input: 'default valid_input := true',
  ignore: 'default ignore := false',
};

/** The rules that a module doesn't have itself, as another module of its package. */
export const missingRules = (packagePath: readonly string[], defined: ReadonlySet<string>): string =>
  [
    `package ${packageName(packagePath)}`,
    'import rego.v1',
    ...Object.entries(DEFAULTS).flatMap(([name, rule]) => (defined.has(name) ? [] : [rule])),
  ].join('\n\n');

/** `a["b-c"]` of a path whose first entry is `data`, which a package doesn't say. */
const packageName = ([, first = '', ...rest]: readonly string[]): string => `${first}${selectors(rest)}`;

/** `data["a"]["b-c"]["result"]` */
export const resultOf = ([root = 'data', ...rest]: readonly string[]): string =>
  `${root}${selectors([...rest, 'result'])}`;

const selectors = (path: readonly string[]): string => path.map((name) => `[${JSON.stringify(name)}]`).join('');
