import { expect, it } from '@jest/globals';
import { tracingSettings } from './tracing.settings.ts';

const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
const all = { url: 'http://collector:4318/v1/traces', headers: {}, resource: {}, ratio: 1, delayMs: 5000 };

it.each([
  ['nothing', {}, undefined],
  ['a collector', OTLP, all],
  ['a whole URL', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/t' }, { ...all, url: 'http://c/t' }],
  ['that nothing is traced', { ...OTLP, OTEL_SDK_DISABLED: 'true' }, undefined],
  [
    'a part',
    { ...OTLP, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '.25' },
    { ...all, ratio: 0.25 },
  ],
  ['a part, which does not count', { ...OTLP, OTEL_TRACES_SAMPLER_ARG: '.25' }, all],
  ['only traces of clients', { ...OTLP, OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { ...all, ratio: 0 }],
  [
    'the rest',
    {
      ...OTLP,
      OTEL_SERVICE_NAME: 'a',
      OTEL_RESOURCE_ATTRIBUTES: 'b=c, d = e%2Cf',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k=v',
      OTEL_BSP_SCHEDULE_DELAY: '1',
    },
    { ...all, service: 'a', resource: { b: 'c', d: 'e,f' }, headers: { 'x-key': 'k=v' }, delayMs: 1 },
  ],
])('the environment says %s', (_, env, settings) => {
  expect(tracingSettings.read(env)).toEqual(settings);
});

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'must be one of http/json'],
  [{ OTEL_TRACES_SAMPLER_ARG: '2' }, 'must be a number from 0 to 1'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'secret' }, 'must be key=value'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'a=%' }, 'must be key=value with percent-encoded values'],
])('%j is refused', (env, rule) => {
  expect(() => tracingSettings.read(env)).toThrow(rule);
});
