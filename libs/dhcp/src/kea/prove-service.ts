import { setTimeout as sleep } from 'node:timers/promises';
import { firstUsable } from '../subnets/check-subnets.ts';
import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { DiscoverTarget } from './discover.ts';
import { sendDiscover } from './discover.ts';
import type { AskKea } from './kea-socket.ts';

/** How often questions are sent, how often it is looked for an offer, and for how long, in milliseconds. */
const SEND_MS = 500;
const LOOK_MS = 25;
const WAIT_MS = 3000;

/** Who asks where nobody is known by a MAC; a locally administered address. */
const PROBE_MAC = '02:00:00:00:00:01';
/** How many are asked for at most, and how many of them are machines of one subnet. */
const MAX_QUESTIONS = 10;
const MACHINES_EACH = 3;

/**
 * What asking for leases has shown: somebody was offered one; Kea hears, but has no address that is free for any of those
 * who were asked for; nobody has got an answer; or it cannot be found out from here.
 */
export type Proof = 'offers' | 'nothing free' | 'silent' | 'unknown';

/** Nothing can be asked; the message says why. */
export class CannotAsk extends Error {}

/** Who asks for a lease, and through which relay. */
export interface Question {
  readonly mac: string;
  readonly giaddr: string;
}

/**
 * Questions of which a server that serves these subnets answers at least one with an offer, as long as anybody can be given
 * an address: somebody of each subnet first, then others. The address of one machine may be in use, or a pool exhausted.
 */
export function questionsFor(
  subnets: readonly SiteSubnet[],
  relays: ReadonlyMap<string, readonly string[]>,
): readonly Question[] {
  const bySubnet = subnets.map(({ subnet, machines, pool }): readonly Question[] => {
    const giaddr = relays.get(subnet)?.[0] ?? firstUsable(subnet);
    if (giaddr === undefined) return [];
    const [first, ...others] = machines.slice(0, MACHINES_EACH).map(({ mac }) => ({ mac, giaddr }));
    return [first ?? [], pool.length > 0 ? { mac: PROBE_MAC, giaddr } : [], others].flat();
  });
  const longest = Math.max(0, ...bySubnet.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, n) => bySubnet.flatMap((questions) => questions[n] ?? []));
  return inTurn.flat().slice(0, MAX_QUESTIONS);
}

/**
 * Whether Kea offers somebody a lease: it is asked for some over the network, and counts what it has sent. Nothing is leased.
 * That its configuration is set, and its status good, proves nothing: it may have closed its sockets.
 * @throws CannotAsk where questions cannot be sent, and nobody else was offered a lease meanwhile
 */
export async function offersLeases(
  ask: AskKea,
  questions: readonly Question[],
  target: DiscoverTarget,
  { send = sendDiscover, waitMs = WAIT_MS }: { readonly send?: typeof sendDiscover; readonly waitMs?: number } = {},
): Promise<Proof> {
  if (questions.length === 0) return 'unknown';
  const before = await countsOf(ask);
  const end = performance.now() + waitMs;
  let now = before;
  let fault: Error | undefined;
  for (let next = 0; performance.now() < end;) {
    if (performance.now() >= next) {
      fault = await sendAll(questions, target, send);
      next = performance.now() + SEND_MS;
    }
    now = await countsOf(ask);
    if (now.offered > before.offered) return 'offers';
    await sleep(LOOK_MS);
  }
  if (now.notFree > before.notFree) return 'nothing free';
  if (fault) throw new CannotAsk(`a lease cannot be asked for: ${fault.message}`, { cause: fault });
  return 'silent';
}

/** @returns why the last one could not be sent that could not */
async function sendAll(
  questions: readonly Question[],
  target: DiscoverTarget,
  send: typeof sendDiscover,
): Promise<Error | undefined> {
  let fault: Error | undefined;
  for (const question of questions) {
    await send(question, target).catch((error: unknown) => {
      fault = error as Error;
    });
  }
  return fault;
}

const OFFERS = 'pkt4-offer-sent';
/** Of a subnet without a pool, and of one whose addresses are all in use. */
const FAILURES = ['v4-allocation-fail-no-pools', 'v4-allocation-fail'];

interface Counts {
  readonly offered: number;
  /** How often there was no address for whoever asked, in a subnet that is served. */
  readonly notFree: number;
}

/** What Kea has counted since it was started. */
async function countsOf(ask: AskKea): Promise<Counts> {
  const notFree = await Promise.all(FAILURES.map((name) => countOf(ask, name)));
  return { offered: await countOf(ask, OFFERS), notFree: notFree.reduce((sum, count) => sum + count, 0) };
}

async function countOf(ask: AskKea, name: string): Promise<number> {
  const answer = (await ask('statistic-get', { name })) as Readonly<Record<string, unknown>> | null;
  const samples = answer?.[name] as readonly (readonly [number, string])[] | undefined;
  return samples?.[0]?.[0] ?? 0;
}
