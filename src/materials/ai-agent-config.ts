import { asRecord, asText } from '../api/record.ts';
import { closed, evidenceEnvelope, listOf, SOME_TEXT, TEXT } from './evidence-envelope.ts';

/** CHAINLOOP_AI_AGENT_CONFIG: the configuration that Chainloop found in a repository, version 0.1 of its schema. */
export const aiAgentConfig = evidenceEnvelope('CHAINLOOP_AI_AGENT_CONFIG', {
  notes: {
    accepts: 'The configuration of a coding assistant as Chainloop collects it.',
    versions: ['0.1'],
    facts: ['evidence.schema', 'aiagent.name'],
  },
  schema: closed(
    {
      schema_version: TEXT,
      agent: closed({ name: SOME_TEXT, version: TEXT }, ['name']),
      config_hash: TEXT,
      captured_at: TEXT,
      git_context: closed({ repository: TEXT, branch: TEXT, commit_sha: TEXT }),
      config_files: listOf(
        closed(
          {
            path: TEXT,
            kind: { enum: ['configuration', 'instruction'] },
            sha256: TEXT,
            size: { type: 'integer', minimum: 0 },
            content: TEXT,
          },
          ['path', 'kind', 'sha256', 'size', 'content'],
        ),
      ),
      permissions: {},
      mcp_servers: {},
      subagents: {},
    },
    ['schema_version', 'agent', 'config_hash', 'captured_at', 'config_files'],
  ),
  facts: ({ agent }) => ({ 'aiagent.name': asText(asRecord(agent)?.name) }),
});
