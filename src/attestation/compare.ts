import type { Finding } from '../api/problem.ts';
import { asArray, asRecord, type UnknownRecord } from '../api/record.ts';
import { compareDescriptor, comparePredicateClaims } from './claims.ts';
import type { RunRecord } from './record.ts';
import {
  materialDescriptor,
  PREDICATE_TYPE,
  type ResourceDescriptor,
  renderStatement,
  STATEMENT_TYPE,
} from './statement.ts';

/**
 * Where a signed statement disagrees with the record of the run; empty when it doesn't. A client may render its own: the
 * run, the contract's revision, the subjects and every material must be the recorded ones, no more and no less. Of the
 * rest it may leave members out and add some of its own, but not say otherwise than the record.
 */
export function compareStatement(statement: unknown, record: RunRecord): readonly Finding[] {
  const found = asRecord(statement);
  if (found === undefined) return [{ at: '/', message: 'the statement must be a JSON object' }];
  const predicate = asRecord(found.predicate);
  const recorded = renderStatement(record, '');
  const metadata = asRecord(predicate?.metadata);
  return [
    ...expectEqual('/_type', found._type, STATEMENT_TYPE),
    ...expectEqual('/predicateType', found.predicateType, PREDICATE_TYPE),
    ...expectEqual('/predicate/metadata/workflowRunID', metadata?.workflowRunID, record.uid),
    ...expectEqual('/predicate/metadata/workflowName', metadata?.workflowName, record.workflow),
    ...expectEqual('/predicate/metadata/organization', metadata?.organization, record.namespace),
    ...expectEqual('/predicate/metadata/contractName', metadata?.contractName, record.contract.name),
    ...expectEqual('/predicate/metadata/contractVersion', metadata?.contractVersion, String(record.revision)),
    ...comparePredicateClaims(predicate ?? {}, recorded.predicate),
    ...compareSubjects(found.subject, recorded.subject),
    ...compareMaterials(predicate?.materials, record),
  ];
}

function expectEqual(at: string, found: unknown, expected: string | undefined): readonly Finding[] {
  return found === expected ? [] : [{ at, message: `must be '${expected}', not ${show(found)}` }];
}

function compareSubjects(value: unknown, recorded: readonly ResourceDescriptor[]): readonly Finding[] {
  if (!Array.isArray(value)) return [{ at: '/subject', message: 'must be a list of subjects' }];
  const expected = new Map(recorded.map((subject) => [subject.name ?? '', subject]));
  const seen = new Set<string>();
  const findings = value.flatMap((entry: unknown, index): readonly Finding[] => {
    const at = `/subject/${index}`;
    const subject = asRecord(entry);
    const name = typeof subject?.name === 'string' ? subject.name : '';
    const wanted = expected.get(name);
    if (seen.has(name)) return [{ at, message: `the subject '${name}' stands twice` }];
    seen.add(name);
    if (wanted === undefined) return [{ at, message: `the run has no subject '${name}'` }];
    return [...compareDigest(`${at}/digest`, subject?.digest, wanted), ...compareDescriptor(at, subject ?? {}, wanted)];
  });
  return [...findings, ...absent(expected.keys(), seen, '/subject', 'subject')];
}

/** The digest set must be exactly the recorded one: a second, weaker digest could match something else. */
function compareDigest(at: string, value: unknown, wanted: ResourceDescriptor): readonly Finding[] {
  const digest = asRecord(value) ?? {};
  const expected = wanted.digest ?? {};
  const extra = Object.keys(digest).filter((algorithm) => !Object.hasOwn(expected, algorithm));
  return [
    ...Object.entries(expected).flatMap(([algorithm, hex]) =>
      expectEqual(`${at}/${algorithm}`, digest[algorithm], hex),
    ),
    ...extra.map((algorithm) => ({ at: `${at}/${algorithm}`, message: 'is a digest that the record does not have' })),
  ];
}

function compareMaterials(value: unknown, record: RunRecord): readonly Finding[] {
  if (value !== undefined && !Array.isArray(value)) {
    return [{ at: '/predicate/materials', message: 'must be a list of materials' }];
  }
  const expected = new Map(record.materials.map((material) => [material.name, material]));
  const seen = new Set<string>();
  const findings = asArray(value).flatMap((entry, index): readonly Finding[] => {
    const at = `/predicate/materials/${index}`;
    const descriptor = asRecord(entry) ?? {};
    const annotations: UnknownRecord = asRecord(descriptor.annotations) ?? {};
    const name = annotations['chainloop.material.name'];
    const material = typeof name === 'string' ? expected.get(name) : undefined;
    if (typeof name !== 'string' || material === undefined) {
      return [{ at, message: `the run has no material ${show(name)}` }];
    }
    if (seen.has(name)) return [{ at, message: `the material '${name}' stands twice` }];
    seen.add(name);
    const wanted = materialDescriptor(material);
    return [
      ...expectEqual(
        `${at}/annotations/chainloop.material.type`,
        annotations['chainloop.material.type'],
        material.type,
      ),
      ...compareDigest(`${at}/digest`, descriptor.digest, wanted),
      ...(descriptor.content === undefined ? expectEqual(`${at}/content`, undefined, wanted.content) : []),
      ...compareDescriptor(at, descriptor, wanted),
    ];
  });
  return [...findings, ...absent(expected.keys(), seen, '/predicate/materials', 'material')];
}

function absent(expected: Iterable<string>, seen: ReadonlySet<string>, at: string, what: string): readonly Finding[] {
  return [...expected]
    .filter((name) => !seen.has(name))
    .map((name) => ({ at, message: `the ${what} '${name}' of the run is not there` }));
}

const show = (value: unknown): string =>
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? '?').slice(0, 200);
