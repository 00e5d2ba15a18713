import { closed, listOf, TEXT } from './evidence-envelope.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, refused } from './kind.ts';
import { schemaCheck } from './schema.ts';

const CONTEXT = listOf(closed({ name: TEXT, value: TEXT, enabled: TEXT }, ['name', 'value', 'enabled']));
const SETTINGS = listOf(closed({ name: TEXT, value: TEXT, context: CONTEXT }, ['name', 'value']));
const USERS = listOf(closed({ id: TEXT, name: TEXT, roles: listOf(TEXT), settings: SETTINGS }, ['id', 'name']));
const BYPASS = closed({
  actor_id: { type: 'integer' },
  actor_type: TEXT,
  bypass_mode: TEXT,
  actor_name: TEXT,
  actor_login: TEXT,
  actor_metadata: { type: 'object', additionalProperties: TEXT },
});
const RULE = closed({ name: TEXT, enabled: TEXT, context: CONTEXT, bypass_configuration: listOf(BYPASS) }, [
  'name',
  'enabled',
]);

const check = schemaCheck(
  closed(
    {
      meta: closed(
        {
          id: TEXT,
          generated_at: TEXT,
          errors: listOf(closed({ code: TEXT, message: TEXT }, ['code', 'message'])),
        },
        ['id'],
      ),
      data: closed(
        {
          tool: TEXT,
          provider: TEXT,
          repos: listOf(
            closed(
              {
                owner: TEXT,
                repository: TEXT,
                branches: listOf(
                  closed({ name: TEXT, active_rules: listOf(RULE), users: USERS, commits: listOf(TEXT) }, ['name']),
                ),
                settings: SETTINGS,
                users: USERS,
              },
              ['repository'],
            ),
          ),
        },
        ['tool', 'provider'],
      ),
    },
    ['meta', 'data'],
  ),
);

/** CHAINLOOP_RUNNER_CONTEXT: how a repository is protected, as Chainloop's platform writes it, version 0.1. */
export const runnerContext = jsonDocument(
  'CHAINLOOP_RUNNER_CONTEXT',
  (document) => {
    const findings = check(document);
    return findings.length > 0 ? refused(...findings) : accepted({ annotations: {}, mediaType: 'application/json' });
  },
  {
    accepts: 'How the repository of a run is protected, as Chainloop writes it.',
    versions: ['0.1'],
    facts: [],
  },
);
