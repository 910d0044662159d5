import { jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { readReport } from './messages.ts';
import type { Report } from './wire.ts';

/** The stream and the consumer of reports before the id of the installation was in the names. */
const STREAM = 'RESULTS';
const READER = 'foreman';
/** At most this many reports are looked at; there are as many as tasks that ended while no server was there. */
const MAX_FORMER_REPORTS = 10_000;
/** How long one that is not ours is left to whom it belongs, in milliseconds. */
const LEAVE_MS = 10_000;

/**
 * Takes the reports that agents of an earlier version have left for this installation, once. What belongs to others is
 * left where it is. @param take resolves to whether the report is one of ours
 */
export async function takeFormerReports(
  connection: NatsConnection,
  js: JetStreamClient,
  take: (report: Report) => Promise<boolean>,
): Promise<number> {
  const { consumers } = await jetstreamManager(connection, { checkAPI: false });
  const found = await consumers.info(STREAM, READER).catch(() => undefined);
  const there = (found?.num_pending ?? 0) + (found?.num_ack_pending ?? 0);
  if (there === 0) return 0;
  const consumer = await js.consumers.get(STREAM, READER);
  const messages = await consumer.fetch({ max_messages: Math.min(there, MAX_FORMER_REPORTS), expires: 2000 });
  let taken = 0;
  for await (const message of messages) {
    const { report } = readReport(message.data);
    if (report !== undefined && (await take(report))) {
      message.ack();
      taken += 1;
    } else message.nak(LEAVE_MS);
  }
  return taken;
}
