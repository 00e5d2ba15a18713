import { readFileSync } from 'node:fs';
import type { MaterialType } from '../../src/api/material-types.ts';

/** A report of a scanner in `samples/`, where the README says what wrote it, and how it can be spoilt. */
export interface ScannerSample {
  readonly file: string;
  readonly type: MaterialType;
  /** Annotations that it gets, all of them, without the `chainloop.material.` in front. */
  readonly facts: Readonly<Record<string, string>>;
  /** The first lines of it are a report too. */
  readonly isOpenEnded?: true;
  /** What is put somewhere, and the finding that names the place. */
  readonly spoilt: readonly Spoilt[];
}

export interface Spoilt {
  /** Text of the sample, once there, and what takes its place. */
  readonly replace: readonly [from: string, to: string];
  readonly finding: RegExp;
}

export const readSample = (file: string): Buffer => readFileSync(new URL(`./samples/${file}`, import.meta.url));

const spoilt = (from: string, to: string, finding: RegExp): Spoilt => ({ replace: [from, to], finding });

/** The annotations of one tool. */
const tool = (name: string, version?: string): Readonly<Record<string, string>> => ({
  tools: JSON.stringify([version === undefined ? name : `${name}@${version}`]),
  'tool.name': name,
  ...(version === undefined ? {} : { 'tool.version': version }),
});

const CSAF_SPOILT = [
  spoilt('"csaf_version": "2.', '"csaf_version": "1.', /^\/document\/csaf_version: '1\.\d' is not one of 2\.0, 2\.1/),
  spoilt('"status": "final"', '"status": "done"', /^\/document\/tracking\/status: .*draft, final, interim/),
  spoilt('"current_release_date": "2026-11', '"current_release_date": "2026-13', /^\/document\/tracking\/current_rel/),
];

export const SCANNER_SAMPLES: readonly ScannerSample[] = [
  {
    file: 'accesschk-descriptors.txt',
    type: 'SYSINTERNALS_ACCESSCHK',
    facts: tool('AccessChk'),
    isOpenEnded: true,
    spoilt: [spoilt('c:\\', '  c:\\', /^line 1: no object stands above/)],
  },
  {
    file: 'accesschk.txt',
    type: 'SYSINTERNALS_ACCESSCHK',
    facts: tool('AccessChk', '6.15'),
    isOpenEnded: true,
    spoilt: [spoilt('c:\\', '  c:\\', /^line 6: no object stands above/)],
  },
  {
    file: 'blackduck.json',
    type: 'BLACKDUCK_SCA_JSON',
    facts: tool('blackduck'),
    spoilt: [
      spoilt('"vulnerabilityId"', '"id"', /^\/detailedVulnerabilities\/0: .*'vulnerabilityId'/),
      spoilt(
        '"detailedProjectVersionCustomFields": []',
        '"detailedProjectVersionCustomFields": null',
        /^\/detailedPro/,
      ),
    ],
  },
  {
    file: 'checkmarx.json',
    type: 'CHECKMARX_JSON',
    facts: { ...tool('checkmarx'), 'scan.types': 'iac,sast' },
    spoilt: [
      spoilt('"type": "kics",', '', /^\/results\/1: .*'type'/),
      spoilt('"scanID"', '"scanId"', /^\/: .*'scanID'/),
    ],
  },
  {
    file: 'csaf-informational-advisory.json',
    type: 'CSAF_INFORMATIONAL_ADVISORY',
    facts: {},
    spoilt: CSAF_SPOILT,
  },
  {
    file: 'csaf-security-advisory.json',
    type: 'CSAF_SECURITY_ADVISORY',
    facts: tool('shop-advisories', '1.0.0'),
    spoilt: [
      ...CSAF_SPOILT,
      spoilt('"product_id": "SHOP-1.2"', '"product_id": ""', /^\/product_tree(\/branches\/\d){3}\/product\/product_id/),
      spoilt('"shop-advisories"', '"shop\\u0000"', /^\/document\/tracking\/generator\/engine: .*control/),
      spoilt(
        '"baseSeverity": "MEDIUM"',
        '"baseSeverity": "BAD"',
        /^\/vulnerabilities\/0\/metrics\/0\/content\/cvss_v3/,
      ),
    ],
  },
  {
    file: 'csaf-security-incident-response.json',
    type: 'CSAF_SECURITY_INCIDENT_RESPONSE',
    facts: {},
    spoilt: CSAF_SPOILT,
  },
  {
    file: 'csaf-vex.json',
    type: 'CSAF_VEX',
    facts: tool('csaf-tool', '0.3.2'),
    spoilt: [
      ...CSAF_SPOILT,
      spoilt('"csaf_vex"', '"vex"', /^\/document\/category: must be 'csaf_vex', and is 'vex'/),
      spoilt(
        '"under_investigation": [',
        '"under_investigation": ["CSAFPID_0001",',
        /^\/vulnerabilities\/0\/product_status\/under_investigation: .*twice, as 0 and 1/,
      ),
    ],
  },
  {
    file: 'detect-secrets.json',
    type: 'YELP_DETECT_SECRETS_BASELINE',
    facts: tool('detect-secrets', '1.5.0'),
    spoilt: [
      spoilt('"version": "1.5.0"', '"version": "next"', /^\/version: /),
      spoilt('"version": "1.5.0"', '"version": "1.5\\u0000"', /^\/version: /),
      spoilt('"404b53', '"404B53', /^\/results\/app\.py\/0\/hashed_secret/),
    ],
  },
  {
    file: 'dranzer.txt',
    type: 'CERTCC_DRANZER',
    facts: { ...tool('dranzer', '96'), 'dranzer.reports.count': '1' },
    isOpenEnded: true,
    spoilt: [spoilt('Test Engine Version', 'Engine Version', /^line 1: the summary .* is missing/)],
  },
  {
    file: 'dranzer.zip',
    type: 'CERTCC_DRANZER',
    facts: { ...tool('dranzer', '96'), 'dranzer.reports.count': '2' },
    spoilt: [],
  },
  {
    file: 'ghas-code-scan.json',
    type: 'GHAS_CODE_SCAN',
    facts: { ...tool('CodeQL', '2.19.1'), tools: '["CodeQL@2.19.1","ESLint"]' },
    spoilt: [
      spoilt('"name": "ESLint"', '"name": ""', /^\/1\/tool\/name/),
      spoilt('"name": "CodeQL"', '"name": "Code\\u0000QL"', /^\/0\/tool\/name/),
    ],
  },
  {
    file: 'ghas-dependency-scan.json',
    type: 'GHAS_DEPENDENCY_SCAN',
    facts: tool('dependabot'),
    spoilt: [spoilt('"number": 54', '"number": "54"', /^\/0\/number: must be integer/)],
  },
  {
    file: 'ghas-secret-scan.json',
    type: 'GHAS_SECRET_SCAN',
    facts: tool('github-secret-scanning'),
    spoilt: [spoilt('"state": "resolved"', '"state": "gone"', /^\/0\/state: .*open, resolved/)],
  },
  {
    file: 'gitlab-sast.json',
    type: 'GITLAB_SECURITY_REPORT',
    facts: tool('Semgrep', '1.185.0'),
    spoilt: [
      spoilt('"version":"15.0.4"', '"version":"1.0.0"', /^\/version: /),
      spoilt('"type":"sast"', '"type":"lint"', /^\/scan\/type: .*: sast, dast/),
      spoilt(
        '"identifiers":[{"type":"semgrep_type",',
        '"identifiers":[{',
        /^\/vulnerabilities\/0\/identifiers\/0: .*'type'/,
      ),
    ],
  },
  {
    file: 'gitleaks.json',
    type: 'GITLEAKS_JSON',
    facts: tool('gitleaks'),
    spoilt: [spoilt('"Fingerprint"', '"fingerprint"', /^\/0: .*'Fingerprint'/)],
  },
  {
    file: 'openvex-clean.json',
    type: 'OPENVEX',
    facts: tool('https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck'),
    spoilt: [spoilt('"@id"', '"id"', /^\/: .*'@id'/)],
  },
  {
    file: 'openvex.json',
    type: 'OPENVEX',
    facts: tool('https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck'),
    spoilt: [
      spoilt('ns/v0.2.0', 'ns/v9', /^\/@context: 'https:\/\/openvex\.dev\/ns\/v9' is not one of/),
      spoilt('"status": "affected"', '"status": "bad"', /^\/statements\/0\/status: .*not_affected, affected/),
      spoilt('"status": "affected"', '"status": "not_affected"', /^\/statements\/0: .*'justification'/),
      spoilt('cmd/govulncheck"', 'cmd/\\u0000"', /^\/tooling: /),
    ],
  },
  {
    file: 'radamsa.txt',
    type: 'RADAMSA_REPORT',
    facts: { ...tool('radamsa'), 'radamsa.report.records.count': '2' },
    isOpenEnded: true,
    spoilt: [
      spoilt('many-dec\nbyte-dec: 1', 'many-dec\nbyte-dec 1', /^line 3: not a record such as .*: byte-dec 1/),
      spoilt('a.bin"', 'a.bin', /^line 3: not a record/),
      spoilt('generator: file', 'made: file', /^line 2: not a record/),
    ],
  },
  {
    file: 'radamsa.zip',
    type: 'RADAMSA_REPORT',
    facts: { ...tool('radamsa'), 'radamsa.report.records.count': '4' },
    spoilt: [],
  },
  {
    file: 'radamsa-crashes.tar.gz',
    type: 'RADAMSA_CRASHES',
    facts: { ...tool('radamsa'), 'radamsa.crashes.count': '2' },
    spoilt: [],
  },
  {
    file: 'scorecard.json',
    type: 'OSSF_SCORECARD_JSON',
    facts: { ...tool('scorecard', 'v5.0.0'), 'scorecard.score': '6.3' },
    spoilt: [
      spoilt('"score": 6.3', '"score": 63', /^\/score: must be <= 10/),
      spoilt('"version": "v5.0.0"', '"version": ""', /^\/scorecard\/version/),
      spoilt('"score": -1', '"score": "?"', /^\/checks\/1\/score: must be integer/),
    ],
  },
  {
    file: 'sigcheck-tabs.tsv',
    type: 'SYSINTERNALS_SIGCHECK',
    facts: tool('sigcheck'),
    isOpenEnded: true,
    spoilt: [],
  },
  {
    file: 'sigcheck.csv',
    type: 'SYSINTERNALS_SIGCHECK',
    facts: tool('sigcheck', '2.90'),
    spoilt: [
      spoilt('Path,', 'File,', /^line 6: the table has no column 'Path'/),
      spoilt('"Signed",', '', /^line 7: the row has 9 fields, and the table 10 columns/),
      spoilt('"32-bit"', '"32-bit', /^line 8: a quote is not closed/),
    ],
  },
  {
    file: 'trufflehog-list.json',
    type: 'TRUFFLEHOG_JSON',
    facts: tool('trufflehog'),
    spoilt: [spoilt('"DetectorName": "Mailchimp"', '"DetectorName": ""', /^\/1\/DetectorName: /)],
  },
  {
    file: 'trufflehog.jsonl',
    type: 'TRUFFLEHOG_JSON',
    facts: tool('trufflehog'),
    spoilt: [
      spoilt('"DetectorName":"Mailchimp",', '', /^line 2, \/: .*'DetectorName'/),
      spoilt('"Verified":true', '"Verified":"yes"', /^line 2, \/Verified: must be boolean/),
      spoilt('"Verified":true', '"Verified":true,"Verified":false', /^line 2, \/Verified: .*twice/),
      spoilt('"Verified":true', '"Verified":', /^line 2, column \d+: /),
    ],
  },
  {
    file: 'twistcli.json',
    type: 'TWISTCLI_SCAN_JSON',
    facts: tool('twistcli'),
    spoilt: [
      spoilt('"consoleURL"', '"url"', /^\/: .*'consoleURL'/),
      spoilt('"compliances": null', '"compliances": "none"', /^\/results\/0\/compliances: must be array,null/),
    ],
  },
];
