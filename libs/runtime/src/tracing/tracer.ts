import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { SpanAttributes, SpanKind, SpanOptions, Tracing } from '#kernel';
import type { SpanContext } from './traceparent.ts';
import { readTraceparent, writeTraceparent } from './traceparent.ts';

/** A span that is over. */
export interface EndedSpan extends SpanContext {
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since 1970, with fractions. */
  readonly begun: number;
  readonly ended: number;
  readonly attributes: SpanAttributes;
  /** Whether what it did has not succeeded. */
  readonly failed: boolean;
}

/** The span under way; one of a trace that is not kept tells nothing. */
interface UnderWay extends SpanContext {
  attributes: SpanAttributes;
  failed: boolean;
}

/**
 * Makes spans of what is done, each below the one that was under way where it began.
 * @param ratio which part of the traces that begin here is kept, from 0 to 1; others are kept as their first span says
 * @param onEnded told of each span of a trace that is kept
 */
export function tracer(ratio: number, onEnded: (span: EndedSpan) => void): Tracing {
  const underWay = new AsyncLocalStorage<UnderWay>();
  const above = (options: SpanOptions): SpanContext | undefined => {
    if (!('parent' in options)) return underWay.getStore();
    return options.parent === undefined ? undefined : readTraceparent(options.parent);
  };
  return {
    async span(name, options, run) {
      const parent = above(options);
      if (!parent && !options.root) return underWay.exit(run);
      const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
      const sampled = parent?.sampled ?? isKept(traceId, ratio);
      const spanId = randomBytes(8).toString('hex');
      const { kind = 'internal', attributes = {} } = options;
      const span: UnderWay = { traceId, spanId, sampled, attributes, failed: false };
      if (!sampled) return underWay.run(span, run);
      const begun = performance.now();
      try {
        return await underWay.run(span, run);
      } catch (error) {
        // What an error says may hold what nobody is to read; its kind does not.
        const type = error instanceof Error ? error.name : typeof error;
        span.attributes = { ...span.attributes, 'error.type': type };
        span.failed = true;
        throw error;
      } finally {
        const times = { begun: performance.timeOrigin + begun, ended: performance.timeOrigin + performance.now() };
        onEnded({ ...span, parentId: parent?.spanId, name, kind, ...times });
      }
    },
    traceparent() {
      const span = underWay.getStore();
      return span && writeTraceparent(span);
    },
    note(attributes, failed = false) {
      const span = underWay.getStore();
      if (!span) return;
      span.attributes = { ...span.attributes, ...attributes };
      span.failed ||= failed;
    },
  };
}

/** Whether a trace is kept: all processes with the same ratio say the same of it. */
const isKept = (traceId: string, ratio: number): boolean => Number.parseInt(traceId.slice(-8), 16) < ratio * 2 ** 32;
