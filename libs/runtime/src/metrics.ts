import { MetricsRegistry } from './metrics-registry.ts';

/** How a command ends: appended or nothing to do, refused, in conflict to the last, or failed. */
export type CommandOutcome = 'done' | 'refused' | 'conflict' | 'failed';

/** What the server itself counts and measures. */
export interface Metrics {
  /** A request was answered; seconds. */
  request(protocol: string, verb: string, status: number, seconds: number): void;
  /** A command is over; seconds. */
  command(command: string, outcome: CommandOutcome, seconds: number): void;
  /** A command has to be decided again because somebody was faster. */
  conflict(): void;
  appended(events: number): void;
  projected(events: number): void;
  /** Somebody who listens to the log has failed, by name. */
  reactionFailed(name: string): void;
  /** The text of all of it. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Where modules add their own. */
  readonly registry: MetricsRegistry;
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
  const registry = new MetricsRegistry();
  const requests = registry.histogram({
    name: 'contractor_http_request_seconds',
    help: 'Time to answer requests, by protocol, verb and status',
    labels: ['protocol', 'verb', 'status'],
  });
  const commands = registry.histogram({
    name: 'contractor_command_seconds',
    help: 'Time to carry out commands, by name and outcome',
    labels: ['command', 'outcome'],
  });
  const count = (name: string, help: string) => {
    const counter = registry.counter({ name, help, labels: [] });
    return (by: number) => counter({}, by);
  };
  const conflicts = count('contractor_command_conflicts_total', 'Commands decided again because somebody was faster');
  const appended = count('contractor_events_appended_total', 'Events appended to the log');
  const projected = count('contractor_events_projected_total', 'Events the read models were brought up to');
  const failures = registry.counter({
    name: 'contractor_reaction_failures_total',
    help: 'Failures of reactions, reconcilers and followers, each of which is tried again',
    labels: ['reaction'],
  });
  registry.gauge(
    {
      name: 'contractor_projection_lag',
      help: 'Positions of the log the read models are behind',
      labels: [],
    },
    async () => [{ labels: {}, value: await lag() }],
  );
  const gauge = (name: string, help: string, of: (figures: ListenerFigures) => number | null): void =>
    registry.gauge({ name, help, labels: ['reaction'] }, async () =>
      (await listeners()).flatMap((figures) => {
        const value = of(figures);
        return value === null ? [] : [{ labels: { reaction: figures.name }, value }];
      }),
    );
  gauge('contractor_reaction_lag', 'Positions of the log a reaction or follower is behind', (of) => of.lag);
  gauge('contractor_dead_letters', 'Events and messages nobody could handle', (of) => of.deadLetters);
  return {
    request: (protocol, verb, status, seconds) => requests({ protocol, verb, status }, seconds),
    command: (command, outcome, seconds) => commands({ command, outcome }, seconds),
    conflict: () => conflicts(1),
    appended,
    projected,
    reactionFailed: (reaction) => failures({ reaction }),
    text: () => registry.text(),
    contentType: registry.contentType,
    registry,
  };
}
