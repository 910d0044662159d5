import { defineSettings, setting } from '../settings/define-settings.ts';
import { choice, integer, InvalidValue, parser, text, url } from '../settings/parsers.ts';

type Pairs = Readonly<Record<string, string>>;

/** `key=value,key2=value2`, with values percent-encoded, as OpenTelemetry has it. */
const pairs = (secret: boolean) =>
  parser(
    (value): Pairs => {
      const found = value.split(',').flatMap((part) => (part.trim() === '' ? [] : [part]));
      return Object.fromEntries(
        found.map((part) => {
          const at = part.indexOf('=');
          if (at < 1) throw new InvalidValue('must be key=value, several separated by commas');
          try {
            return [part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())];
          } catch {
            throw new InvalidValue('must be key=value with percent-encoded values');
          }
        }),
      );
    },
    { secret },
  );

/** A part of the whole. */
const ratio = parser((value) => {
  const number = Number(value);
  if (/^\d*\.?\d+$/.test(value) && number <= 1) return number;
  throw new InvalidValue('must be a number from 0 to 1');
});

/** Settings of traces, by the names OpenTelemetry gives them. */
export const tracingFields = {
  otlpUrl: setting('OTEL_EXPORTER_OTLP_ENDPOINT', url(['http:', 'https:']), {
    unset: 'none, then nothing is traced',
    doc: 'collector that traces are sent to (OTLP over HTTP, in JSON): `http://collector:4318`; `/v1/traces` is added',
  }),
  otlpTracesUrl: setting('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', url(['http:', 'https:']), {
    unset: 'that of `OTEL_EXPORTER_OTLP_ENDPOINT`',
    doc: 'the same as a whole URL, to which nothing is added',
  }),
  otlpProtocol: setting('OTEL_EXPORTER_OTLP_PROTOCOL', choice('http/json'), {
    unset: '`http/json`',
    doc: 'how traces are sent',
  }),
  otlpHeaders: setting('OTEL_EXPORTER_OTLP_HEADERS', pairs(true), {
    unset: 'none',
    doc: 'headers for the collector: `key=value,key2=value2`',
  }),
  otelService: setting('OTEL_SERVICE_NAME', text(), {
    unset: '`contractor`, `subcontractor`',
    doc: 'what this process is called in traces',
  }),
  otelResource: setting('OTEL_RESOURCE_ATTRIBUTES', pairs(false), {
    unset: 'none',
    doc: 'what else is said of this process: `key=value,key2=value2`',
  }),
  otelSampler: setting(
    'OTEL_TRACES_SAMPLER',
    choice('parentbased_always_on', 'parentbased_traceidratio', 'parentbased_always_off'),
    {
      unset: '`parentbased_always_on`',
      doc: 'which traces that begin here are kept: all, a part, or none; others are kept as whoever began them says',
    },
  ),
  otelRatio: setting('OTEL_TRACES_SAMPLER_ARG', ratio, {
    unset: '1',
    doc: 'with `parentbased_traceidratio`: which part, from 0 to 1',
  }),
  otelDelay: setting('OTEL_BSP_SCHEDULE_DELAY', integer(1, 600_000), {
    unset: '5000',
    doc: 'milliseconds that spans wait to be sent together',
  }),
  otelDisabled: setting('OTEL_SDK_DISABLED', choice('true', 'false'), {
    unset: '`false`',
    doc: '`true`: nothing is traced, whatever else is set',
  }),
};

type Values = {
  readonly [K in keyof typeof tracingFields]: NonNullable<(typeof tracingFields)[K]['value']> | undefined;
};

/** Where traces go, and which. */
export interface TracingSettings {
  /** The whole URL. */
  readonly url: string;
  readonly headers: Pairs;
  /** Undefined: whatever the program is called. */
  readonly service: string | undefined;
  readonly resource: Pairs;
  /** Which part of the traces that begin here is kept, from 0 to 1. */
  readonly ratio: number;
  readonly delayMs: number;
}

/** What the settings come to; undefined: nothing is traced. */
export function tracingOf(values: Values): TracingSettings | undefined {
  const url = values.otlpTracesUrl ?? (values.otlpUrl && `${values.otlpUrl.replace(/\/+$/, '')}/v1/traces`);
  if (url === undefined || values.otelDisabled === 'true') return undefined;
  const kept = values.otelSampler === 'parentbased_traceidratio' ? (values.otelRatio ?? 1) : 1;
  return {
    url,
    headers: values.otlpHeaders ?? {},
    service: values.otelService,
    resource: values.otelResource ?? {},
    ratio: values.otelSampler === 'parentbased_always_off' ? 0 : kept,
    delayMs: values.otelDelay ?? 5000,
  };
}

/** Traces of the server. */
export const tracingSettings = defineSettings('tracing', tracingFields, (values) => tracingOf(values));
