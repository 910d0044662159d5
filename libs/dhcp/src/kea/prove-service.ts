import { setTimeout as sleep } from 'node:timers/promises';
import { firstUsable } from '../subnets/check-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { DiscoverTarget } from './discover.ts';
import { sendDiscover } from './discover.ts';
import type { AskKea } from './kea-socket.ts';

/** How often a question is sent, how often it is looked for an offer, and for how long, in milliseconds. */
const SEND_MS = 500;
const LOOK_MS = 25;
const WAIT_MS = 3000;

/** Who asks where nobody is known by a MAC; a locally administered address. */
const PROBE_MAC = '02:00:00:00:00:01';

/** Who asks for a lease, and through which relay. */
export interface Question {
  readonly mac: string;
  readonly giaddr: string;
}

/** A question that a server which serves these subnets answers with an offer; undefined: there is none. */
export function questionFor(
  subnets: readonly SiteSubnet[],
  relays: ReadonlyMap<string, readonly string[]>,
): Question | undefined {
  const served = subnets.find(({ machines }) => machines.length > 0) ?? subnets.find(({ pool }) => pool.length > 0);
  const giaddr = served && (relays.get(served.subnet)?.[0] ?? firstUsable(served.subnet));
  return giaddr === undefined ? undefined : { mac: served?.machines[0]?.mac ?? PROBE_MAC, giaddr };
}

/**
 * Whether Kea offers somebody a lease: it is asked for one over the network, and counts what it has sent. Nothing is leased.
 * That its configuration is set, and its status good, proves nothing: it may have closed its sockets.
 */
export async function offersLeases(
  ask: AskKea,
  question: Question,
  target: DiscoverTarget,
  send: typeof sendDiscover = sendDiscover,
): Promise<boolean> {
  const before = await offersSent(ask);
  const end = performance.now() + WAIT_MS;
  for (let next = 0; performance.now() < end;) {
    if (performance.now() >= next) {
      await send(question, target);
      next = performance.now() + SEND_MS;
    }
    if ((await offersSent(ask)) > before) return true;
    await sleep(LOOK_MS);
  }
  return false;
}

const OFFERS = 'pkt4-offer-sent';

/** How many offers Kea has sent since it was started. */
async function offersSent(ask: AskKea): Promise<number> {
  const answer = (await ask('statistic-get', { name: OFFERS })) as Readonly<Record<string, unknown>> | null;
  const samples = answer?.[OFFERS] as readonly (readonly [number, string])[] | undefined;
  return samples?.[0]?.[0] ?? 0;
}
