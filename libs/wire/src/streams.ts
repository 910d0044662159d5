import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { ConsumerConfig, ConsumerInfo, JetStreamManager, StreamState } from '@nats-io/jetstream';
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
/**
 * How many claims of a site are kept, and for how long in milliseconds; the oldest go first. A claim is needed only while
 * a message of its dispatch can come again: the message is removed as soon as the claim stands. 20,000 take 20 MB of NATS.
 */
export const MAX_CLAIMS = 20_000;
const CLAIMED_FOR_MS = 24 * 60 * 60 * 1000;

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

  const taskConsumer = (site: string, module: string): ConsumerSettings => ({
    durable_name: taskReader(module),
    filter_subject: names.taskSubject(site, module),
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWait),
    // One that was delivered often enough would stay for ever, and go to nobody.
    max_deliver: -1,
    // How many are at work at a time the agents say; unless told NATS stops at 1000.
    max_ack_pending: -1,
  });

  const tasks = (site: string) =>
    once(site, async (api) => {
      const name = names.tasksStream(site);
      await stream(api, names.claimsStream(site), { ...CLAIMS, subjects: [names.everyClaim(site)] });
      await stream(api, name, { ...QUEUE, subjects: [names.everyTask(site)] });
      // Before anything is sent in this session: nobody else sends tasks.
      const found: ConsumerInfo[] = [];
      for await (const consumer of api.consumers.list(name)) found.push(consumer);
      const { state } = await api.streams.info(name);
      for (const consumer of found) {
        if (isAhead(consumer, state)) await anew(api, name, taskConsumer(site, consumer.name));
      }
    });

  /**
   * Makes the stream of reports, which says whose it is.
   * @throws InstallationTaken where it belongs to an installation of this id that stands on other data
   */
  const claim = async (identity: InstallationIdentity): Promise<void> => {
    try {
      const description = `${OWNER}${identity.data}`;
      await stream(await api, names.resultsStream, { ...QUEUE, subjects: [names.everyResult], description });
    } catch (cause) {
      throw cause instanceof OtherOwner ? new InstallationTaken(identity, cause.owner) : cause;
    }
  };

  return {
    /** The streams of a site's tasks and claims. */
    tasks,

    /** Removes the message of a dispatch that was stored under this number, where it is there still. */
    async removeTask(site: string, sequence: number, cookie: string): Promise<void> {
      const { streams } = await api;
      const name = names.tasksStream(site);
      const found = await streams.getMessage(name, { seq: sequence }).catch(unlessGone);
      // In a stream that was made anew another one has this number.
      if (found?.header.get('Nats-Msg-Id') !== cookie) return;
      await streams.deleteMessage(name, sequence, false).catch(unlessGone);
    },

    /** The consumer of a module's tasks on a site, and the stream. */
    async module(site: string, module: string): Promise<void> {
      await tasks(site);
      await once(`${site} ${module}`, ({ consumers }) =>
        consumers.add(names.tasksStream(site), taskConsumer(site, module)),
      );
    },

    claim,

    /** The stream of reports, as `claim` makes it, and the foreman's consumer. */
    async results(identity: InstallationIdentity): Promise<void> {
      await claim(identity);
      const { consumers, streams } = await api;
      const settings = {
        durable_name: RESULTS_READER,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(reportWait),
        max_deliver: -1,
      };
      const consumer = await consumers.add(names.resultsStream, settings);
      const { state } = await streams.info(names.resultsStream);
      // Agents may have sent so much since that it is not ahead any more, but has left out what came first.
      const isLeftOut = state.messages > consumer.num_pending + consumer.num_ack_pending;
      if (isAhead(consumer, state) || isLeftOut) await anew(await api, names.resultsStream, settings);
    },

    /** Makes what a site needs anew when it is next asked for: somebody does not find it. */
    forget(site: string): void {
      made.delete(site);
      for (const key of made.keys()) if (key.startsWith(`${site} `)) made.delete(key);
    },
  };
}

/**
 * Whether a consumer is further on than its stream: so it may be after NATS was killed, where the stream has lost what it had
 * counted, and the consumer has not. It would pass over what is sent next.
 * @param state as it was no earlier than the consumer
 */
const isAhead = ({ delivered }: ConsumerInfo, { last_seq }: StreamState): boolean => delivered.stream_seq > last_seq;

type ConsumerSettings = Partial<ConsumerConfig> & { readonly durable_name: string };

/** Makes a consumer anew: what is in the stream is delivered from the first message on. */
async function anew({ consumers }: JetStreamManager, name: string, settings: ConsumerSettings): Promise<void> {
  await consumers.delete(name, settings.durable_name);
  await consumers.add(name, settings);
}

class OtherOwner extends Error {
  constructor(readonly owner: string) {
    super(`the stream belongs to ${owner}`);
  }
}

/** What is not there any more need not be removed. */
function unlessGone(cause: unknown): undefined {
  if (cause instanceof JetStreamApiError && GONE.has(cause.code)) return undefined;
  throw cause;
}

/** What JetStream answers when a stream, or a message of it, is not there. */
const GONE: ReadonlySet<number> = new Set([10037, 10043, 10057, 10059]);

/** What all messages of a stream are like. */
interface StreamSettings {
  readonly subjects: string[];
  readonly retention: RetentionPolicy;
  readonly storage: StorageType;
  readonly duplicate_window: number;
  readonly discard?: DiscardPolicy;
  readonly max_age?: number;
  readonly max_msgs?: number;
  /** Whose it is; one that exists and says otherwise is left alone. */
  readonly description?: string;
}

const QUEUE = { retention: RetentionPolicy.Workqueue, storage: StorageType.File, duplicate_window: nanos(REMEMBER) };
const CLAIMS = {
  ...QUEUE,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_age: nanos(CLAIMED_FOR_MS),
  max_msgs: MAX_CLAIMS,
};

async function stream({ streams }: JetStreamManager, name: string, settings: StreamSettings): Promise<void> {
  const { description } = settings;
  try {
    await streams.add({ name, ...settings });
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError) || cause.code !== NAME_IN_USE) throw cause;
    const { description: found = '' } = (await streams.info(name)).config;
    if (description !== undefined && found !== description && found.startsWith(OWNER)) {
      throw new OtherOwner(found.slice(OWNER.length));
    }
    const { retention: _, storage: __, ...changeable } = settings;
    await streams.update(name, changeable);
  }
}
