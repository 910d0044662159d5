import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From half a millisecond to ten seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How often it is looked how late the event loop is, in milliseconds; each look wakes the process. */
const LAG_EVERY = 200;

/** What the server counts and measures, in the form Prometheus reads. */
export interface Metrics {
  /** A request was answered; seconds. */
  request(protocol: string, verb: string, status: number, seconds: number): void;
  /** A command is over, by its name: done, refused, in conflict to the last, or failed; seconds. */
  command(command: string, outcome: 'done' | 'refused' | 'conflict' | 'failed', seconds: number): void;
  /** A command has to be decided again because somebody was faster. */
  conflict(): void;
  appended(events: number): void;
  projected(events: number): void;
  /** Somebody who listens to the log has failed, by name. */
  reactionFailed(name: string): void;
  /** The text of all of it. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** How far somebody who listens to the log is behind, in positions (null: that says nothing), and what it could not handle. */
export interface ListenerFigures {
  readonly name: string;
  readonly lag: number | null;
  readonly deadLetters: number;
}

/**
 * @param lag how many positions of the log the read models are behind; asked when the metrics are read
 * @param listeners asked when the metrics are read, for each gauge
 */
export function prometheusMetrics(
  lag: () => Promise<number>,
  listeners: () => Promise<readonly ListenerFigures[]> = async () => [],
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_EVERY });
  const requests = new Histogram({
    name: 'contractor_http_request_seconds',
    help: 'Time to answer requests, by protocol, verb and status',
    labelNames: ['protocol', 'verb', 'status'],
    buckets: SECONDS,
    registers,
  });
  const commands = new Histogram({
    name: 'contractor_command_seconds',
    help: 'Time to carry out commands, by name and outcome',
    labelNames: ['command', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const conflicts = new Counter({
    name: 'contractor_command_conflicts_total',
    help: 'Commands decided again because somebody was faster',
    registers,
  });
  const appends = new Counter({ name: 'contractor_log_appended_events_total', help: 'Events appended', registers });
  const projections = new Counter({ name: 'contractor_projected_events_total', help: 'Events projected', registers });
  const behind: Gauge = new Gauge({
    name: 'contractor_projection_lag',
    help: 'Positions of the log the read models are behind',
    registers,
    collect: async (): Promise<void> => behind.set(await lag()),
  });
  const failures = new Counter({
    name: 'contractor_reaction_failures_total',
    help: 'Failures of reactions, reconcilers and followers, each of which is tried again',
    labelNames: ['reaction'],
    registers,
  });
  const gauge = (name: string, help: string, of: (figures: ListenerFigures) => number | null): void => {
    const made: Gauge<'reaction'> = new Gauge({
      name,
      help,
      labelNames: ['reaction'],
      registers,
      collect: async (): Promise<void> => {
        made.reset();
        for (const figures of await listeners()) {
          const value = of(figures);
          if (value !== null) made.set({ reaction: figures.name }, value);
        }
      },
    });
  };
  gauge('contractor_reaction_lag', 'Positions of the log a reaction or follower is behind', (of) => of.lag);
  gauge('contractor_dead_letters', 'Events and messages nobody could handle', (of) => of.deadLetters);
  return {
    request: (protocol, verb, status, seconds) => requests.observe({ protocol, verb, status }, seconds),
    command: (command, outcome, seconds) => commands.observe({ command, outcome }, seconds),
    conflict: () => conflicts.inc(),
    appended: (events) => appends.inc(events),
    projected: (events) => projections.inc(events),
    reactionFailed: (name) => failures.inc({ reaction: name }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
