import type { Logger, SpanAttributes, SpanKind } from '#kernel';
import { httpRequest } from '../http-request.ts';
import type { EndedSpan } from './tracer.ts';

/** Where spans go, and what is said of this process. */
export interface OtlpExporterSettings {
  /** Where OTLP over HTTP is taken: `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is said of this process: `service.name` and more. */
  readonly resource: SpanAttributes;
  /** How long spans wait to be sent together, in milliseconds. */
  readonly delayMs: number;
  readonly log: Logger;
}

/** How many spans wait to be sent, at most: beyond, the newest are dropped. */
export const MAX_WAITING_SPANS = 2048;
/** How many are sent together, at most. */
const MAX_TOGETHER = 512;
/** How long sending may take, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** The same of what is left when the process ends. */
const LAST_TIMEOUT_MS = 2000;

/** Sends spans to a collector. */
export interface OtlpExporter {
  add(span: EndedSpan): void;
  /** Sends what is left, once. */
  stop(): Promise<void>;
}

/** Sends spans, some at a time, as OTLP in JSON over HTTP. A collector that is away is tried with the next ones. */
export function otlpExporter({ url, headers, resource, delayMs, log }: OtlpExporterSettings): OtlpExporter {
  let waiting: EndedSpan[] = [];
  let dropped = 0;
  let told = false;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  /** @returns whether they are off our hands */
  const send = async (spans: readonly EndedSpan[], timeoutMs: number): Promise<boolean> => {
    try {
      const body = JSON.stringify(tracesOf(spans, resource));
      const all = { 'Content-Type': 'application/json', ...headers };
      const { status } = await httpRequest({ method: 'POST', url, headers: all, body, timeoutMs });
      if (status >= 200 && status < 300) {
        if (told || dropped > 0) log.info('traces are taken again', { dropped });
        told = false;
        dropped = 0;
        return true;
      }
      tell(`the collector answers ${status}`);
      return !isWorthAnotherTry(status) && (dropped += spans.length) > 0;
    } catch (error) {
      tell(String(error));
      return false;
    }
  };
  const tell = (reason: string): void => {
    if (!told) log.warn('traces cannot be sent', { reason });
    told = true;
  };

  const sendAll = async (timeoutMs: number): Promise<void> => {
    while (waiting.length > 0) {
      const together = waiting.slice(0, MAX_TOGETHER);
      if (!(await send(together, timeoutMs))) return;
      waiting = waiting.slice(together.length);
    }
  };
  const soon = (): void => {
    timer ??= setTimeout(() => {
      sending = sendAll(TIMEOUT_MS).finally(() => {
        timer = undefined;
        if (waiting.length > 0) soon();
      });
    }, delayMs).unref();
  };

  return {
    add(span) {
      if (waiting.length >= MAX_WAITING_SPANS) {
        dropped += 1;
        return;
      }
      waiting.push(span);
      soon();
    },
    async stop() {
      clearTimeout(timer);
      await sending;
      clearTimeout(timer);
      await sendAll(LAST_TIMEOUT_MS);
      if (waiting.length + dropped > 0) log.warn('traces are lost', { spans: waiting.length + dropped });
    },
  };
}

/** Statuses of OTLP/HTTP by which a collector says: later. */
const isWorthAnotherTry = (status: number): boolean => [429, 502, 503, 504].includes(status);

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const FAILED = 2;

/** Spans as OTLP has them in JSON. */
function tracesOf(spans: readonly EndedSpan[], resource: SpanAttributes): object {
  const written = spans.map((span) => ({
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentId === undefined ? {} : { parentSpanId: span.parentId }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanoseconds(span.begun),
    endTimeUnixNano: nanoseconds(span.ended),
    attributes: attributesOf(span.attributes),
    status: span.failed ? { code: FAILED } : {},
  }));
  const scope = { name: 'contractor' };
  return {
    resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans: [{ scope, spans: written }] }],
  };
}

const nanoseconds = (milliseconds: number): string => `${Math.round(milliseconds * 1000)}000`;

const attributesOf = (attributes: SpanAttributes): object[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));

function valueOf(value: string | number | boolean): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
