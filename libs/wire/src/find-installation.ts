import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '#kernel';
import { readInstallationAnswer } from './messages.ts';
import { discoverySubject } from './subjects.ts';

/** How long the first answer may take, and a further one after it, in milliseconds. */
const FIRST_MS = 2000;
const FURTHER_MS = 100;
/** At most this many answers are looked at. */
const MAX_ANSWERS = 1000;
/** The longest pause before it is asked again, in milliseconds. */
const MAX_PAUSE_MS = 5000;

/**
 * The installation on this NATS that has the site, asked for until exactly one has; undefined when the session ends
 * before. What is in the way is logged when it changes.
 */
export async function findInstallation(
  connection: NatsConnection,
  site: string,
  { over, log, everyMs }: { readonly over: AbortSignal; readonly log: Logger; readonly everyMs: number },
): Promise<string | undefined> {
  let said = '';
  for (let pause = Math.min(everyMs, MAX_PAUSE_MS); !over.aborted; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const { having, others } = await ask(connection, site);
    const [only, ...more] = having;
    if (only !== undefined && more.length === 0) return only;
    const reason =
      only !== undefined
        ? `several installations have this site: name one of ${having.join(', ')} with CONTRACTOR_INSTALLATION`
        : others.length > 0
          ? `the installation ${others.map((one) => `"${one}"`).join(', ')} has no site "${site}"`
          : 'no server answers';
    if (reason !== said) log.warn('no installation to serve; asking again and again', { site, reason });
    said = reason;
    await sleep(pause, undefined, { signal: over }).catch(() => undefined);
  }
  return undefined;
}

/** The installations that answer, each once: those that have the site, and the others. */
async function ask(connection: NatsConnection, site: string) {
  const having = new Set<string>();
  const others = new Set<string>();
  try {
    const answers = await connection.requestMany(discoverySubject(site), undefined, {
      strategy: 'stall',
      maxWait: FIRST_MS,
      stall: FURTHER_MS,
      maxMessages: MAX_ANSWERS,
    });
    for await (const { data } of answers) {
      const answer = readInstallationAnswer(data);
      if (answer) (answer.known ? having : others).add(answer.installation);
    }
  } catch {
    // Nobody answers: no server is there, or the connection has broken.
  }
  return { having: [...having].toSorted(), others: [...others].toSorted() };
}
