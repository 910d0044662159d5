import { connect } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';

/** The period that an agent with nothing to do announces, in milliseconds. */
const EVERY_MS = 10_000;
/** Between two of its announcements on average, in milliseconds: it spreads them over the last fifth of the period. */
const MEAN_MS = 9000;

/**
 * Run in a process of its own: `idle-agents <NATS> <installation> <sites>`. Says what so many idle agents say, one of each of
 * the sites `s0`, `s1` …, spread over the period, until it is ended.
 */
const [servers = '', installation = '', sites = '0'] = process.argv.slice(2);
const connection = await connect({ servers });
const count = Number(sites);
const announcement = (n: number): string =>
  JSON.stringify({ agent: `agent${n}`, modules: { test: 10 }, every: EVERY_MS, lacking: [] });
process.stdout.write('announcing\n');
for (let n = 0; ; n = (n + 1) % count) {
  connection.publish(`contractor.${installation}.agents.s${n}.agent${n}`, announcement(n));
  if (n % 20 === 19) await sleep((MEAN_MS * 20) / count);
}
