import { AckPolicy, JetStreamApiError, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import * as names from './subjects.ts';

/** How long a stream knows a message id (a cookie), in milliseconds: sent again within this time it is held once. */
const REMEMBER = 120_000;
/**
 * How requests for messages stand at the server, in milliseconds. It shows every second that it has one; where it has
 * lost it, which is known after three, the next is sent.
 */
export const REQUEST = { expires: 5000, idle_heartbeat: 1000 };
/** What JetStream answers when a stream of that name exists with other settings. */
const NAME_IN_USE = 10058;

export interface StreamPeriods {
  /** How long an agent may be silent about a task before the task is given to another. */
  readonly ackWait: number;
  /** How long the foreman may be silent about a report before the report comes again. */
  readonly reportWait: number;
}

/** Makes the streams and consumers of the wire where they are missing, those of a site once in a session. */
export function streams(connection: NatsConnection, { ackWait, reportWait }: StreamPeriods) {
  const api = jetstreamManager(connection, { checkAPI: false });
  const made = new Map<string, Promise<void>>();

  const once = (key: string, make: (api: JetStreamManager) => Promise<unknown>): Promise<void> => {
    const making =
      made.get(key) ??
      api.then(make).then(
        () => undefined,
        (cause: unknown) => {
          made.delete(key);
          throw cause;
        },
      );
    made.set(key, making);
    return making;
  };

  const tasks = (site: string) => once(site, (api) => stream(api, names.tasksStream(site), names.everyTask(site)));

  return {
    /** The stream of a site's tasks. */
    tasks,

    /** The consumer of a module's tasks on a site, and the stream. */
    async module(site: string, module: string): Promise<void> {
      await tasks(site);
      await once(`${site} ${module}`, ({ consumers }) =>
        consumers.add(names.tasksStream(site), {
          durable_name: names.taskReader(module),
          filter_subject: names.taskSubject(site, module),
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(ackWait),
          max_deliver: -1,
        }),
      );
    },

    /** The stream of reports and the foreman's consumer. */
    async results(): Promise<void> {
      const made = await api;
      await stream(made, names.RESULTS, names.everyResult);
      await made.consumers.add(names.RESULTS, {
        durable_name: names.RESULTS_READER,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(reportWait),
        max_deliver: -1,
      });
    },

    /** Makes what a site needs anew when it is next asked for: somebody does not find it. */
    forget(site: string): void {
      made.delete(site);
      for (const key of made.keys()) if (key.startsWith(`${site} `)) made.delete(key);
    },
  };
}

async function stream({ streams }: JetStreamManager, name: string, subject: string): Promise<void> {
  const settings = {
    subjects: [subject],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    duplicate_window: nanos(REMEMBER),
  };
  try {
    await streams.add({ name, ...settings });
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError) || cause.code !== NAME_IN_USE) throw cause;
    await streams.update(name, { subjects: settings.subjects, duplicate_window: settings.duplicate_window });
  }
}
