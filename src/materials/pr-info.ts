import { closed, evidenceEnvelope, listOf, TEXT } from './evidence-envelope.ts';

const ACCOUNT = { login: TEXT, type: { enum: ['User', 'Bot', 'unknown'] } } as const;

/** CHAINLOOP_PR_INFO: the pull or merge request of a run, versions 1.0 to 1.3 of its schema. */
export const prInfo = evidenceEnvelope('CHAINLOOP_PR_INFO', {
  notes: {
    accepts: 'What Chainloop collects of a pull or merge request.',
    versions: ['1.0', '1.1', '1.2', '1.3'],
    facts: ['evidence.schema'],
  },
  schema: closed(
    {
      platform: { enum: ['github', 'gitlab'] },
      type: { enum: ['pull_request', 'merge_request'] },
      number: TEXT,
      title: TEXT,
      description: TEXT,
      source_branch: TEXT,
      target_branch: TEXT,
      url: { type: 'string', format: 'uri' },
      // A name alone before 1.2.
      author: { oneOf: [TEXT, closed(ACCOUNT, ['login', 'type'])] },
      reviewers: listOf(
        closed(
          {
            ...ACCOUNT,
            requested: { type: 'boolean' },
            review_status: { enum: ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'] },
          },
          ['login', 'type', 'requested'],
        ),
      ),
    },
    ['platform', 'type', 'number', 'url'],
  ),
});
