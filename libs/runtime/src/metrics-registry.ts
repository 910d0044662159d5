import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From half a millisecond to ten seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How often it is looked how late the event loop is, in milliseconds; each look wakes the process. */
const LAG_EVERY_MS = 200;

/** How many combinations of labels a metric tells apart. */
const MAX_SERIES = 1000;
/** The value of every label of what comes beyond that. */
const OTHER = 'other';

/** The values of a metric's labels. */
export type Labels<L extends string> = Readonly<Record<L, string | number>>;

/** What is measured, and by which labels it is told apart. */
export interface MetricDescription<L extends string> {
  /** As Prometheus wants it: `contractor_`, what it is, its unit, `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
}

/** A value of a gauge, with its labels. */
export interface Measured<L extends string> {
  readonly labels: Labels<L>;
  readonly value: number;
}

/**
 * What the server counts and measures; every module may add to it. A metric tells at most {@link MAX_SERIES} combinations
 * of labels apart; the rest is counted as `other`.
 */
export class MetricsRegistry {
  readonly #registry = new Registry();
  readonly #failures: (name: string) => void;
  /** The type and form of the text, as an HTTP header tells it. */
  readonly contentType = this.#registry.contentType;

  constructor() {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_EVERY_MS });
    const count = this.counter({
      name: 'contractor_metric_failures_total',
      help: 'Metrics that could not be measured when they were asked for',
      labels: ['metric'],
    });
    this.#failures = (metric) => count({ metric });
  }

  /** Adds a counter. @returns counts up, by one unless told otherwise @throws Error where the name is taken */
  counter<L extends string>(description: MetricDescription<L>): (labels: Labels<L>, by?: number) => void {
    const counter = new Counter(this.#options(description));
    const bounded = boundedLabels(description.labels);
    return (labels, by = 1) => counter.inc(bounded(labels), by);
  }

  /** Adds a histogram of times. @returns takes a time in seconds @throws Error where the name is taken */
  histogram<L extends string>(description: MetricDescription<L>): (labels: Labels<L>, seconds: number) => void {
    const histogram = new Histogram({ ...this.#options(description), buckets: SECONDS });
    const bounded = boundedLabels(description.labels);
    return (labels, seconds) => histogram.observe(bounded(labels), seconds);
  }

  /**
   * Adds a gauge, measured whenever the metrics are asked for. Where that fails the gauge is left out (without labels it
   * is NaN) and the failure is counted.
   * @throws Error where the name is taken
   */
  gauge<L extends string>(description: MetricDescription<L>, measure: () => Promise<readonly Measured<L>[]>): void {
    const gauge: Gauge<L> = new Gauge({
      ...this.#options(description),
      collect: async (): Promise<void> => {
        gauge.reset();
        try {
          const bounded = boundedLabels(description.labels);
          for (const { labels, value } of await measure()) gauge.set(bounded(labels), value);
        } catch {
          gauge.reset();
          // Without labels it would be told as zero.
          if (description.labels.length === 0) gauge.set({}, Number.NaN);
          this.#failures(description.name);
        }
      },
    });
  }

  /** All of it, in the form Prometheus reads. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #options<L extends string>({ name, help, labels }: MetricDescription<L>) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

/** Labels as text that is safe to write, and `other` for what comes when there are too many to tell apart. */
function boundedLabels<L extends string>(names: readonly L[]): (labels: Labels<L>) => Record<L, string> {
  const seen = new Set<string>();
  const all = (value: (name: L) => string): Record<L, string> =>
    Object.fromEntries(names.map((name) => [name, value(name)])) as Record<L, string>;
  return (labels) => {
    // A carriage return would be written as it is, and break the line.
    const values = all((name) => String(labels[name]).replaceAll('\r', ' '));
    const key = names.map((name) => values[name]).join('\0');
    if (!seen.has(key)) {
      if (seen.size >= MAX_SERIES) return all(() => OTHER);
      seen.add(key);
    }
    return values;
  };
}
