import { asRecord, asText } from '../api/record.ts';
import { closed, evidenceEnvelope, listOf, SOME_TEXT, TEXT } from './evidence-envelope.ts';

const COUNT = { type: 'integer' } as const;
const OBJECT = { type: 'object' } as const;
const LINES = ['lines_added', 'lines_removed'];
const counts = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, COUNT]));

const FILE = {
  type: 'object',
  required: ['path', 'status'],
  properties: {
    path: TEXT,
    status: TEXT,
    attribution: TEXT,
    ...counts(LINES),
    line_ranges: listOf(closed({ start: COUNT, end: COUNT }, ['start', 'end'])),
    session_ids: listOf(TEXT),
  },
};

/** CHAINLOOP_AI_CODING_SESSION: what Chainloop traced of a coding session, version 0.1 of its schema. */
export const aiCodingSession = evidenceEnvelope('CHAINLOOP_AI_CODING_SESSION', {
  notes: {
    accepts: 'What Chainloop traced of the session of a coding assistant.',
    versions: ['0.1'],
    facts: ['evidence.schema', 'aiagent.name', 'aiagent.model'],
  },
  schema: closed(
    {
      schema_version: SOME_TEXT,
      agent: closed({ name: SOME_TEXT, version: TEXT }, ['name']),
      session: closed(
        {
          id: SOME_TEXT,
          slug: TEXT,
          mode: TEXT,
          started_at: SOME_TEXT,
          ended_at: TEXT,
          duration_seconds: { type: 'integer', minimum: 0 },
        },
        ['id', 'started_at', 'duration_seconds'],
      ),
      spec: listOf(
        closed(
          {
            kind: TEXT,
            uri: TEXT,
            digest: { type: 'string', pattern: '^sha256:[a-f0-9]{64}$' },
            captured_at: SOME_TEXT,
          },
          ['kind', 'digest', 'captured_at'],
        ),
      ),
      git_context: OBJECT,
      code_changes: {
        type: 'object',
        properties: {
          ...counts(['files_modified', 'files_created', 'files_deleted']),
          ...counts(['', 'ai_', 'human_'].flatMap((who) => LINES.map((lines) => `${who}${lines}`))),
          files: listOf(FILE),
        },
      },
      model: OBJECT,
      usage: OBJECT,
      tools_used: OBJECT,
      conversation: OBJECT,
      subagents: listOf({
        type: 'object',
        properties: {
          id: TEXT,
          type: TEXT,
          description: TEXT,
          tokens: { type: 'object', properties: counts(['input', 'output']) },
        },
      }),
      raw_session: { type: 'object', additionalProperties: { type: 'array' } },
      warnings: listOf(TEXT),
    },
    ['schema_version', 'agent', 'session'],
  ),
  facts: ({ agent, model }) => ({
    'aiagent.name': asText(asRecord(agent)?.name),
    'aiagent.model': asText(asRecord(model)?.primary),
  }),
});
