/** What a span tells besides its name, by OpenTelemetry's names where it has one. No secrets, and no bodies. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What the time of a span is spent for, as OpenTelemetry has it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface SpanOptions {
  /** `internal` unless given. */
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /**
   * The W3C `traceparent` of the span it belongs to, which may be of another process; given as undefined, it belongs to none.
   * Left out, it belongs to the span under way.
   */
  readonly parent?: string | undefined;
  /** Whether it begins a trace where it belongs to no span; otherwise it is none then. */
  readonly root?: boolean;
}

/** Takes the times of what is done, so that a request can be followed through processes. */
export interface Tracing {
  /** Does something as a span, which ends when the promise is settled, and has failed when that is rejected. */
  span<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T>;
  /** W3C `traceparent` of the span under way; undefined: there is none. */
  traceparent(): string | undefined;
  /** Adds to what the span under way tells; `failed` where what it did has not succeeded. */
  note(attributes: SpanAttributes, failed?: boolean): void;
}

/** One per process; undefined: nothing is traced, and tracing is one comparison. */
let tracing: Tracing | undefined;

/** Has this process traced from now on; undefined: no longer. */
export const useTracing = (its: Tracing | undefined): void => {
  tracing = its;
};

/** Whether this process is traced. */
export const isTraced = (): boolean => tracing !== undefined;

/** Does something as a span, where this process is traced. */
export const traced = <T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T> =>
  tracing === undefined ? run() : tracing.span(name, options, run);

/** W3C `traceparent` of the span under way, to be sent along; undefined where there is none. */
export const traceparent = (): string | undefined => tracing?.traceparent();

/** Adds to what the span under way tells. */
export const noteInSpan = (attributes: SpanAttributes, failed?: boolean): void => tracing?.note(attributes, failed);
