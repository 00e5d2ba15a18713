import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { isDateTime } from '../../api/date-time.ts';
import { excerpt } from '../../api/excerpt.ts';
import { MATERIAL_TYPES } from '../../api/material-types.ts';
import type { Finding } from '../../api/problem.ts';
import { schemaFinding } from '../../api/schema-findings.ts';
import type { PolicyFailure, PolicyRun } from '../../policy/evaluation.ts';

/** A file with tests of a policy; docs/policy-test.md says what its members mean. Files are named from where it lies. */
export interface TestFile {
  readonly policy: string;
  readonly source?: string;
  readonly at?: string;
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  readonly type?: string;
  readonly material?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly input: TestInput;
  readonly with?: Readonly<Record<string, string>>;
  readonly at?: string;
  readonly run?: Partial<PolicyRun>;
  readonly expect: Expectation;
}

/** Exactly one. */
export interface TestInput {
  readonly file?: string;
  readonly json?: unknown;
  readonly text?: string;
  readonly statement?: unknown;
}

/** Exactly one. */
export interface Expectation {
  /** All of them, in whichever order. */
  readonly violations?: readonly ExpectedViolation[];
  readonly count?: number;
  /** A part of one of the reasons. */
  readonly skipped?: string;
  readonly ignored?: true;
  readonly failed?: ExpectedFailure;
}

export interface ExpectedViolation {
  readonly subject?: string;
  /** A part of it. */
  readonly message?: string;
  readonly suppressed?: boolean;
}

export interface ExpectedFailure {
  readonly reason?: PolicyFailure['reason'];
  /** A part of it. */
  readonly message?: string;
}

const TEXT = { type: 'string', minLength: 1 } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;
const closed = (properties: Readonly<Record<string, AnySchemaObject>>, ...required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
/** An object that says one thing of several. */
const choice = (properties: Readonly<Record<string, AnySchemaObject>>) => ({
  ...closed(properties),
  minProperties: 1,
  maxProperties: 1,
});

const MAX_CASES = 1000;
const SCHEMA: AnySchemaObject = closed(
  {
    policy: TEXT,
    source: TEXT,
    at: TIME,
    cases: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_CASES,
      items: closed(
        {
          name: TEXT,
          type: { type: 'string', enum: [...MATERIAL_TYPES] },
          material: TEXT,
          annotations: TEXTS,
          input: choice({ file: TEXT, json: {}, text: { type: 'string' }, statement: { type: 'object' } }),
          with: TEXTS,
          at: TIME,
          run: closed({ namespace: TEXT, name: TEXT, workflow: TEXT, project: TEXT, team: TEXT }),
          expect: choice({
            violations: {
              type: 'array',
              items: closed({ subject: { type: 'string' }, message: TEXT, suppressed: { type: 'boolean' } }),
            },
            count: { type: 'integer', minimum: 1 },
            skipped: TEXT,
            ignored: { type: 'boolean', enum: [true] },
            failed: closed({
              reason: {
                type: 'string',
                enum: ['Timeout', 'OutOfMemory', 'Error', 'InvalidResult', 'EngineUnavailable'],
              },
              message: TEXT,
            }),
          }),
        },
        ...['name', 'input', 'expect'],
      ),
    },
  },
  ...['policy', 'cases'],
);

let compiled: ValidateFunction | undefined;

/** What is wrong with the form of a file, each at a JSON pointer. */
export function formFindings(value: unknown): readonly Finding[] {
  compiled ??= new Ajv({
    ...{ strict: true, allErrors: true, verbose: true },
    formats: { 'date-time': isDateTime },
  }).compile(SCHEMA);
  return compiled(value) ? [] : (compiled.errors ?? []).map(findingOf);
}

function findingOf(error: ErrorObject): Finding {
  const { instancePath, keyword, params, parentSchema, data } = error;
  const member: unknown = params.additionalProperty ?? params.missingProperty;
  const at = member === undefined ? instancePath : `${instancePath}/${escaped(String(member))}`;
  switch (keyword) {
    case 'minProperties':
    case 'maxProperties': {
      const names = Object.keys((parentSchema?.properties as object | undefined) ?? {});
      return { at, message: `must have exactly one of ${names.join(', ')}` };
    }
    case 'format':
      return { at, message: `'${excerpt(String(data))}' must be a time with its zone, such as 2026-06-01T00:00:00Z` };
    default:
      return { at, message: schemaFinding(error).message };
  }
}

/** The name of a member inside of a JSON pointer (RFC 6901). */
export const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
