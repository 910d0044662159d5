import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD, startNatsServer, startProgram, until } from '#testing';
import type { RunningProgram } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

/** Id of the span of the client. */
const CLIENT = '00000000000000a1';

/** A span as OTLP has it in JSON. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { stringValue: string } }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

const spans: Span[] = [];
const authorizations = new Set<unknown>();
const collector = createServer((request, response) => {
  authorizations.add(`${request.method} ${request.url} ${String(request.headers['x-key'])}`);
  json(request).then(
    (body) => {
      for (const { resource, scopeSpans } of (body as Traces).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
        for (const one of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ ...one, service });
      }
      response.end('{}');
    },
    () => response.destroy(),
  );
}).listen(0, '127.0.0.1');
await once(collector, 'listening');

const otel = {
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20key',
  OTEL_BSP_SCHEDULE_DELAY: '50',
};
const nats = await startNatsServer();
const agents: RunningProgram[] = [];
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  collector.close();
});
const { client, rest, server, token } = await startJourney({
  NATS_URL: nats.url,
  CONTRACTOR_WEBHOOK_ALLOW: '127.0.0.1/32',
  ...otel,
});
afterAll(() => nats.stop());

const agent = async (site: string, settings: Readonly<Record<string, string>>): Promise<void> => {
  await client.create('/api/v1/Site/Site', { name: site, description: 'x' });
  const all = { SUBCONTRACTOR_SITE: site, SUBCONTRACTOR_MODULES: 'test:1', ...settings, ...otel };
  agents.push(await startProgram('apps/subcontractor/src/main', all, 'serving'));
};

/** Has a foundation built by a client that has a trace of its own. */
async function build(site: string, trace: string): Promise<void> {
  const uri = (model: string, name: string) => `/api/v1/${model}:${name}:`;
  await client.create('/api/v1/BluePrint/Script', {
    name: site,
    description: 'x',
    script: 'test.act_again( name="x" )\n',
  });
  const blueprint = { name: site, description: 'x', foundation_type_list: ['Test'] };
  await client.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: uri('BluePrint/BluePrint', site),
    script: uri('BluePrint/Script', site),
    name: 'create',
  });
  await client.create('/api/v1/Test/TestFoundation', {
    site: uri('Site/Site', site),
    locator: site,
    blueprint: uri('BluePrint/FoundationBluePrint', site),
  });
  const { status } = await fetch(`${server.url}${uri('Building/Foundation', site)}(doCreate)`, {
    method: 'CALL',
    headers: {
      'CInP-Version': '1.0',
      'Auth-Id': 'root',
      'Auth-Token': token,
      traceparent: `00-${trace}-${CLIENT}-01`,
    },
  });
  expect(status).toBe(200);
  await until(async () => (await client.get(uri('Building/Foundation', site)))['state'] === 'built');
}

/** What the first span of a name stands below, the outermost first, with what does each. */
function below(trace: string, name: string): string[] {
  const found = spans.filter(({ traceId }) => traceId === trace);
  const path: string[] = [];
  let parent: string | undefined;
  for (let at = found.find((one) => one.name === name); at; at = found.find(({ spanId }) => spanId === parent)) {
    path.unshift(`${at.service}: ${at.name}`);
    parent = at.parentSpanId;
  }
  return [parent ?? '', ...path];
}

it('one trace leads from the request of a client to the result of an agent, over NATS and where it polls', async () => {
  await agent('site1', { NATS_URL: nats.url });
  await agent('site2', {
    SUBCONTRACTOR_SERVER: server.url,
    SUBCONTRACTOR_USER: 'root',
    SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
    SUBCONTRACTOR_POLL_INTERVAL: '1',
  });
  const [first, second] = ['1'.repeat(32), '2'.repeat(32)] as const;
  await build('site1', first);
  await build('site2', second);
  // Spans come when they end, those above after those below.
  await until(() => [first, second].every((trace) => below(trace, 'ReportTask')[0] === CLIENT));

  const request = [CLIENT, 'contractor: CALL cinp', 'contractor: CreateJob'];
  expect(below(first, 'ReportTask')).toEqual([
    ...request,
    'contractor: job',
    'contractor: send test.act_again',
    'subcontractor: task test.act_again',
    'contractor: report',
    'contractor: ReportTask',
  ]);
  expect(below(second, 'ReportTask')).toEqual([
    ...request,
    'contractor: send test.act_again',
    'subcontractor: task test.act_again',
    'contractor: CALL cinp',
    'contractor: ReportPolledTask',
    'contractor: ReportTask',
  ]);
  expect(below(first, 'append')).toEqual([...request, 'contractor: append']);
  expect([...authorizations]).toEqual(['POST /v1/traces a key']);
});

it('a webhook is told of what has happened in the trace of the request that it comes from', async () => {
  const told: unknown[] = [];
  const receiver = createServer((request, response) => {
    told.push(request.headers['traceparent']);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  expect(
    (await rest('POST', 'PostOffice/Subscription', { name: 'traced', url, kinds: ['site.described'] })).status,
  ).toBe(201);
  const trace = '5'.repeat(32);
  const { status } = await fetch(`${server.url}/api/rest/Site/Site/site1`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer root:${token}`,
      'Content-Type': 'application/json',
      traceparent: `00-${trace}-${CLIENT}-01`,
    },
    body: JSON.stringify({ description: 'another one' }),
  });
  expect(status).toBe(200);
  await until(() => told.length === 1 && below(trace, 'deliver site.described')[0] === CLIENT);
  receiver.close();
  expect(below(trace, 'deliver site.described')).toEqual([
    CLIENT,
    'contractor: PATCH rest',
    'contractor: ChangeSite',
    'contractor: deliver site.described',
  ]);
  const { spanId = '' } = spans.find(({ traceId, name }) => traceId === trace && name.startsWith('deliver')) ?? {};
  expect(told).toEqual([`00-${trace}-${spanId}-01`]);
});

it('a trace that its client does not keep is not kept here, and one that is wrong begins anew', async () => {
  const ask = (traceparent: string) => fetch(`${server.url}/api/rest/Site/Site`, { headers: { traceparent } });
  await ask(`00-${'3'.repeat(32)}-00000000000000a1-00`);
  await ask(`00-${'0'.repeat(32)}-00000000000000a1-01`);
  await ask(`00-${'4'.repeat(32)}-00000000000000a1-01`);
  await until(() => spans.some(({ traceId }) => traceId === '4'.repeat(32)));
  expect(spans.filter(({ traceId }) => /^(?:0+|3+)$/.test(traceId))).toEqual([]);
  expect(spans.filter(({ name, parentSpanId }) => name === 'GET rest' && parentSpanId === undefined)).toHaveLength(1);
});
