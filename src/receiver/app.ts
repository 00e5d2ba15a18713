import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { Problem } from '../api/problem.ts';
import { audited } from './audit.ts';
import type { ReceiverContext } from './context.ts';
import { createPosters } from './intake/posters.ts';
import { admission } from './limits.ts';
import { observeRequests } from './observed/requests.ts';
import { openApiDocument } from './openapi.ts';
import { problemHandler } from './respond.ts';
import { archivedRunsRoute, discoverRoute, policyTotalsRoute, totalsRoute } from './routes/archive.ts';
import { attestationRoute, statementRoute } from './routes/attestation.ts';
import { contractRevisionsRoute } from './routes/contracts.ts';
import { evaluationRoute } from './routes/evaluation.ts';
import { getEvidenceRoute, putEvidenceRoute } from './routes/evidence.ts';
import { initRoute } from './routes/init.ts';
import { downloadRoute, intakeRoute, uploadRoute } from './routes/intake.ts';
import { materialRoute } from './routes/materials.ts';
import { rebuildProgressRoute, rebuildRoute } from './routes/rebuild.ts';
import { recordsRoute, restoreRecordRoute } from './routes/records.ts';
import { referrersRoute } from './routes/referrers.ts';
import { retentionRoute } from './routes/retention.ts';
import { cancelRoute, getRunRoute, listRunsRoute } from './routes/runs.ts';
import { signingRoute } from './routes/signing.ts';
import { namedRun, openedOwnRun, ownRun, watchedRun } from './routes/which-run.ts';
import { traced } from './traced.ts';

const RUN = '/v1/namespaces/:namespace/runs/:run';
/** The run of the pipeline that the caller's pod belongs to. */
const OWN = '/v1/namespaces/:namespace/workflows/:workflow';

/** The receiver's API, every call and every refusal. */
export function createApp(context: ReceiverContext, isStopping: () => boolean): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  const { requests, onScrape, saturation } = context.metrics;
  const { admit, load } = admission(isStopping);
  onScrape(() => saturation.set({ resource: 'requests' }, load()));
  app.use(traced(context.tracing), observeRequests(requests), standardHeaders, admit);
  app.get('/openapi.json', (_request, response) => void response.json(openApiDocument()));
  const { audit } = context;
  app
    .route('/v1/runs')
    .post(audited(audit, 'RunOpened', 'refusals'), initRoute(context))
    .all(onlyFor('POST'));
  app.route('/v1/namespaces/:namespace/runs').get(listRunsRoute(context)).all(onlyFor('GET'));
  app.route(RUN).get(getRunRoute(context)).all(onlyFor('GET'));
  const [added, pushed] = [audited(audit, 'MaterialAdded'), audited(audit, 'AttestationPushed')];
  app.route(`${RUN}/materials/:material`).put(added, materialRoute(context, watchedRun)).all(onlyFor('PUT'));
  app.route(`${RUN}/statement`).get(statementRoute(context, namedRun)).all(onlyFor('GET'));
  app.route(`${RUN}/attestation`).post(pushed, attestationRoute(context, namedRun)).all(onlyFor('POST'));
  app.route(`${RUN}/evaluation`).post(evaluationRoute(context)).all(onlyFor('POST'));
  app.route(`${RUN}/cancel`).post(audited(audit, 'RunCancelled'), cancelRoute(context)).all(onlyFor('POST'));
  app.route(`${OWN}/materials/:material`).put(added, materialRoute(context, ownRun)).all(onlyFor('PUT'));
  app.route(`${OWN}/statement`).get(statementRoute(context, openedOwnRun)).all(onlyFor('GET'));
  app.route(`${OWN}/attestation`).post(pushed, attestationRoute(context, ownRun)).all(onlyFor('POST'));
  app
    .route('/v1/namespaces/:namespace/contracts/:contract/revisions')
    .get(contractRevisionsRoute(context))
    .all(onlyFor('GET'));
  const evidence = app.route('/v1/evidence/:digest');
  evidence.get(getEvidenceRoute(context)).put(putEvidenceRoute(context)).all(onlyFor('GET, HEAD, PUT'));
  app.route('/v1/referrers/:digest').get(referrersRoute(context)).all(onlyFor('GET'));
  app.route('/v1/archive/runs').get(archivedRunsRoute(context)).all(onlyFor('GET'));
  app.route('/v1/archive/totals').get(totalsRoute(context)).all(onlyFor('GET'));
  app.route('/v1/archive/policies').get(policyTotalsRoute(context)).all(onlyFor('GET'));
  app.route('/v1/archive/discover/:digest').get(discoverRoute(context)).all(onlyFor('GET'));
  app.route('/v1/archive/retention').get(retentionRoute(context)).all(onlyFor('GET'));
  app
    .route('/v1/archive/rebuild')
    .get(rebuildProgressRoute(context))
    .post(rebuildRoute(context))
    .all(onlyFor('GET, POST'));
  app.route('/v1/archive/records').get(recordsRoute(context)).all(onlyFor('GET'));
  app.route('/v1/archive/records/:digest').put(restoreRecordRoute(context)).all(onlyFor('PUT'));
  const posters = createPosters();
  const anywhere = uploadRoute(context, { posters });
  const toWorkflow = uploadRoute(context, { posters, which: ownRun });
  const download = downloadRoute(context);
  app.route('/upload').post(anywhere).all(onlyFor('POST'));
  app.route('/v1/upload').post(anywhere).all(onlyFor('POST'));
  app.route(`${OWN}/upload`).post(toWorkflow).all(onlyFor('POST'));
  app
    .route(`${RUN}/upload`)
    .post(uploadRoute(context, { which: watchedRun }))
    .all(onlyFor('POST'));
  app.route('/download/:gitoid').get(download).all(onlyFor('GET'));
  app.route('/v1/download/:gitoid').get(download).all(onlyFor('GET'));
  app.route(`${OWN}/download/:gitoid`).get(download).all(onlyFor('GET'));
  app.route(`${RUN}/download/:gitoid`).get(download).all(onlyFor('GET'));
  app.route('/v1/intake').get(intakeRoute(context)).all(onlyFor('GET'));
  app
    .route('/v1/signing/certificate')
    .post(audited(audit, 'CertificateSigned'), signingRoute(context))
    .all(onlyFor('POST'));
  app.use((request: Request) => {
    throw new Problem('not-found', `there is nothing at ${request.path}`, { hint: 'see /openapi.json' });
  });
  app.use(problemHandler(context.log, requests));
  return app;
}

function standardHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  next();
}

const onlyFor = (methods: string) => (request: Request, response: Response) => {
  response.set('allow', methods);
  throw new Problem('method-not-allowed', `${request.path} takes ${methods}, not ${request.method}`);
};
