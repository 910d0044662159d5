import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { recordedLog, until } from '#testing';
import { MAX_WAITING_SPANS, otlpExporter } from './otlp-exporter.ts';
import type { EndedSpan } from './tracer.ts';

let collector: Server;
let url: string;
/** What the collector answers next; 200 where nothing is left. */
let answers: number[];
let bodies: { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] }[];
const names = () =>
  bodies.map(({ resourceSpans: [one] }) => one?.scopeSpans[0]?.spans.map(({ name }) => name).join(' '));

beforeEach(async () => {
  answers = [];
  bodies = [];
  collector = createServer((request, response) => {
    void json(request).then((body) => {
      const status = answers.shift() ?? 200;
      if (status === 200) bodies.push(body as (typeof bodies)[number]);
      response.writeHead(status).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
});
afterEach(() => void collector.close());

const span = (name: string): EndedSpan => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  sampled: true,
  parentId: 'c'.repeat(16),
  name,
  kind: 'server',
  begun: 1_700_000_000_000.25,
  ended: 1_700_000_000_001.5,
  attributes: { text: 'x', count: 3, part: 0.5, yes: true },
  failed: true,
});

function exporter(delayMs = 600_000) {
  const { log, lines } = recordedLog();
  return { ...otlpExporter({ url, headers: {}, resource: { 'service.name': 'it' }, delayMs, log }), lines };
}

it('sends spans as OTLP has them in JSON', async () => {
  const { add, stop } = exporter();
  add(span('one'));
  await stop();
  const attributes = [
    { key: 'text', value: { stringValue: 'x' } },
    { key: 'count', value: { intValue: '3' } },
    { key: 'part', value: { doubleValue: 0.5 } },
    { key: 'yes', value: { boolValue: true } },
  ];
  const its = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: 'c'.repeat(16),
    name: 'one',
    kind: 2,
    startTimeUnixNano: '1700000000000250000',
    endTimeUnixNano: '1700000000001500000',
    attributes,
    status: { code: 2 },
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'it' } }] };
  expect(bodies).toEqual([
    { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'contractor' }, spans: [its] }] }] },
  ]);
});

it('sends again what a collector could not take, drops what it refuses, and tells each once', async () => {
  answers = [503, 503, 400];
  const { add, stop, lines } = exporter(1);
  add(span('one'));
  await until(() => answers.length === 0);
  add(span('two'));
  await until(() => names().length === 1);
  await stop();
  expect(names()).toEqual(['two']);
  expect(lines.map(({ message }) => message)).toEqual(['traces cannot be sent', 'traces are taken again']);
});

it('keeps as many as may wait, and tells how many are lost', async () => {
  collector.close();
  const { add, stop, lines } = exporter();
  for (let n = 0; n < MAX_WAITING_SPANS + 5; n += 1) add(span(String(n)));
  await stop();
  expect(lines.at(-1)).toMatchObject({ message: 'traces are lost', spans: MAX_WAITING_SPANS + 5 });
});
