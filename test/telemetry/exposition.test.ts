import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formFor } from '../../src/telemetry/exposition.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';

const test = suite('the page of metrics');
const TRACE = '0af7651916cd43dd8448eb211c80319c';

test('OpenMetrics has exemplars and families of counters; the older text is as it was, before it and after', async () => {
  const metrics = createReceiverMetrics();
  metrics.requests.answered.inc({ route: '/v1/runs', method: 'POST', status: '2xx' });
  metrics.requests.seconds.observe({
    ...{ labels: { route: '/v1/runs', method: 'POST' }, value: 0.3 },
    exemplarLabels: { trace_id: TRACE },
  });
  const ofRequests = (page: string) => page.split('\n').filter((line) => line.includes('proviso_http_request'));
  const before = ofRequests(await metrics.render());
  const page = await metrics.render('openmetrics');
  assert.match(page, /^# TYPE proviso_http_requests counter\nproviso_http_requests_total\{.*\} 1$/m);
  assert.match(page, new RegExp(`_bucket\\{le="0.5",.*\\} 1 # \\{trace_id="${TRACE}"\\} 0.3 \\d+`));
  assert.ok(page.endsWith('\n# EOF\n'));
  assert.not.match(page, /_total_total/);
  assert.equal(ofRequests(await metrics.render('text')), before);
  assert.ok(before.every((line) => !line.includes(' # {')));
  assert.ok(before.includes('# TYPE proviso_http_requests_total counter'));
});

test('OpenMetrics goes to who asks for it', () => {
  const prometheus = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
  assert.is(formFor(prometheus), 'openmetrics');
  for (const accept of [undefined, '', '*/*', 'text/plain;version=0.0.4']) assert.is(formFor(accept), 'text');
});

test.run();
