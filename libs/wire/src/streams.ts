import { AckPolicy, JetStreamApiError, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { NatsNames } from './subjects.ts';
import { RESULTS_READER, taskReader } from './subjects.ts';

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

/** An installation: its id, and the id of the data it stands on, which another installation has not. */
export interface InstallationIdentity {
  readonly id: string;
  readonly data: string;
}

/** The id of the installation belongs to another one on this NATS. */
export class InstallationTaken extends Error {
  constructor({ id, data }: InstallationIdentity, other: string) {
    super(
      `the installation "${id}" on this NATS has other data (${other}) than this server (${data}): ` +
        'name this one otherwise with CONTRACTOR_INSTALLATION',
    );
  }
}

const OWNER = 'Contractor, data ';

/** Makes the streams and consumers of the wire where they are missing, those of a site once in a session. */
export function streams(connection: NatsConnection, names: NatsNames, { ackWait, reportWait }: StreamPeriods) {
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

  /**
   * Makes the stream of reports, which says whose it is.
   * @throws InstallationTaken where it belongs to an installation of this id that stands on other data
   */
  const claim = async (identity: InstallationIdentity): Promise<void> => {
    try {
      await stream(await api, names.resultsStream, names.everyResult, `${OWNER}${identity.data}`);
    } catch (cause) {
      throw cause instanceof OtherOwner ? new InstallationTaken(identity, cause.owner) : cause;
    }
  };

  return {
    /** The stream of a site's tasks. */
    tasks,

    /** The consumer of a module's tasks on a site, and the stream. */
    async module(site: string, module: string): Promise<void> {
      await tasks(site);
      await once(`${site} ${module}`, ({ consumers }) =>
        consumers.add(names.tasksStream(site), {
          durable_name: taskReader(module),
          filter_subject: names.taskSubject(site, module),
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(ackWait),
          max_deliver: -1,
        }),
      );
    },

    claim,

    /** The stream of reports, as `claim` makes it, and the foreman's consumer. */
    async results(identity: InstallationIdentity): Promise<void> {
      await claim(identity);
      const { consumers } = await api;
      await consumers.add(names.resultsStream, {
        durable_name: RESULTS_READER,
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

class OtherOwner extends Error {
  constructor(readonly owner: string) {
    super(`the stream belongs to ${owner}`);
  }
}

/** @param description whose it is; one that exists and says otherwise is left alone */
async function stream(
  { streams }: JetStreamManager,
  name: string,
  subject: string,
  description?: string,
): Promise<void> {
  const settings = {
    subjects: [subject],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    duplicate_window: nanos(REMEMBER),
    ...(description === undefined ? {} : { description }),
  };
  try {
    await streams.add({ name, ...settings });
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError) || cause.code !== NAME_IN_USE) throw cause;
    const { description: found = '' } = (await streams.info(name)).config;
    if (description !== undefined && found !== description && found.startsWith(OWNER)) {
      throw new OtherOwner(found.slice(OWNER.length));
    }
    const { subjects, duplicate_window } = settings;
    await streams.update(name, {
      subjects,
      duplicate_window,
      ...(description === undefined ? {} : { description }),
    });
  }
}
