import { setTimeout as sleep } from 'node:timers/promises';
import { CinpClient } from '#cinp';
import type { NatsServer, TestContractor } from '#testing';
import { ADMIN_PASSWORD, startContractor, startNatsServer, startProgram, until } from '#testing';
import { Random } from '../faults/random.ts';
import { ENGINES, type MachineEngine } from './engines.ts';
import { foundationOf, type Machine, makeMachines, SITE_NAME, untilOver } from './machine-site.ts';

/** An agent is taken to be lost so many seconds after its last sign of life. */
const LEASE_S = 4;
/** Machines of each engine: while some are made, others are removed. */
const MACHINES = 2;
/** When, after the jobs were ordered, something is killed, in milliseconds. */
const KILL_MS = [20, 2500] as const;
/** How often it is the server that is killed, of so many. */
const SERVER_EVERY = 4;
/** How long the jobs may take after a kill, in milliseconds. */
const SETTLE_MS = 120_000;

export interface MachineKillOptions {
  readonly databaseUrl: string;
  /** How many kills; after each, machines are counted. */
  readonly count: number;
  /** It decides what is killed, and when. */
  readonly seed: number;
  /** Names of engines; all that there are unless said. */
  readonly only?: readonly string[];
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface MachineKillResult {
  readonly kills: number;
  /** Jobs that were at work when something was killed. */
  readonly amid: number;
  /** How often a machine was made, and how often one was removed. */
  readonly made: number;
  readonly removed: number;
  /** What must not be, a line each; none where all went well. */
  readonly findings: readonly string[];
}

interface Running {
  readonly engines: readonly MachineEngine[];
  readonly server: TestContractor;
  readonly client: CinpClient;
  readonly agent: { kill(): Promise<void>; start(): Promise<void> };
}

/**
 * Machines of every engine are made, started, stopped and removed by jobs while the agent, or the server, is killed with -9 at a
 * random moment; after each kill all jobs have to end by themselves, and every engine has to have what it should, once.
 */
export async function machineKillRun(options: MachineKillOptions): Promise<MachineKillResult> {
  const { databaseUrl, only = Object.keys(ENGINES) } = options;
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const [nats, ...engines] = await Promise.all([startNatsServer(), ...only.map((name) => engineNamed(name))]);
    closing.push(...[nats, ...engines].map((one) => () => one.stop()));
    const server = await startContractor({
      DATABASE_URL: databaseUrl,
      NATS_URL: nats.url,
      CONTRACTOR_LEASE: String(LEASE_S),
    });
    closing.push(() => server.stop());
    const agent = agentOf(nats, engines);
    closing.push(() => agent.kill());
    const client = new CinpClient(server.url);
    const token = await client.login('root', ADMIN_PASSWORD);
    const rest = async (path: string, body: object): Promise<void> => {
      const headers = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };
      const answer = await fetch(`${server.url}/api/rest/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    };
    const machines = await makeMachines(client, rest, engines, MACHINES);
    await agent.start();
    return await killRounds({ engines, server, client, agent }, machines, options);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function engineNamed(name: string): Promise<MachineEngine> {
  const start = ENGINES[name];
  if (!start) throw new Error(`there is no engine "${name}"; there are ${Object.keys(ENGINES).join(', ')}`);
  return start();
}

function agentOf(nats: NatsServer, engines: readonly MachineEngine[]): Running['agent'] {
  const settings = { NATS_URL: nats.url, SUBCONTRACTOR_SITE: SITE_NAME };
  const all = Object.assign({ ...settings }, ...engines.map(({ agent }) => agent)) as typeof settings;
  let running: Awaited<ReturnType<typeof startProgram>> | undefined;
  return {
    kill: async () => running?.kill(),
    async start() {
      running = await startProgram('apps/subcontractor/src/main', all, 'serving');
    },
  };
}

async function killRounds(
  running: Running,
  machines: readonly Machine[],
  { count, seed, say }: MachineKillOptions,
): Promise<MachineKillResult> {
  const random = new Random(seed);
  const findings: string[] = [];
  const there = new Set<Machine>();
  const result = { kills: 0, amid: 0, made: 0, removed: 0 };
  for (let round = 0; round < count && findings.length === 0; round += 1) {
    // Of each engine, one machine is made while another one is removed.
    const isMade = (machine: Machine): boolean => (machines.indexOf(machine) + round) % 2 === 0;
    const ordered = machines.filter((machine) => isMade(machine) !== there.has(machine));
    await Promise.all(ordered.map((machine) => order(running.client, machine, isMade(machine))));
    const after = random.between(...KILL_MS);
    await sleep(after);
    const open = await running.client.list('/api/v1/Foreman/FoundationJob');
    result.amid += open.uris.length;
    const what = round % SERVER_EVERY === SERVER_EVERY - 1 ? 'server' : 'agent';
    await running[what].kill();
    await running[what].start();
    result.kills += 1;
    const again = performance.now();
    const left = await untilOver(running.client, SETTLE_MS);
    const settled = ((performance.now() - again) / 1000).toFixed(1);
    for (const { target, foundation, structure, state, message } of left) {
      const of = JSON.stringify(target ?? foundation ?? structure);
      findings.push(`round ${round + 1}: a job of ${of} is ${String(state)}: ${String(message)}`);
    }
    for (const machine of ordered) {
      if (isMade(machine)) there.add(machine);
      else there.delete(machine);
      result[isMade(machine) ? 'made' : 'removed'] += 1;
    }
    for (const engine of running.engines) findings.push(...(await wrongAt(engine, there, round)));
    const amid = `with ${open.uris.length} jobs of machines open`;
    say(`round ${round + 1}: the ${what} was killed after ${after} ms, ${amid}; they took ${settled} s to be over`);
  }
  return { ...result, findings };
}

async function order(client: CinpClient, machine: Machine, isMade: boolean): Promise<void> {
  const foundation = foundationOf(machine);
  if (isMade) {
    await until(async () => (await client.get(foundation))['state'] === 'located');
    await client.call(`${foundation}(doCreate)`);
    await client.call(`${machine.structure}(doCreate)`);
  } else {
    await machine.engine.endGuest?.(machine.name);
    await client.call(`${machine.structure}(doDestroy)`);
    await client.call(`${foundation}(doDestroy)`);
  }
}

/** What an engine has that it should not have, or lacks. */
async function wrongAt(engine: MachineEngine, there: ReadonlySet<Machine>, round: number): Promise<readonly string[]> {
  const wanted = [...there].filter((one) => one.engine === engine).map(({ name }) => name);
  const wrong: string[] = [];
  const compare = (what: string, has: readonly string[], should: readonly string[]): void => {
    const [one, other] = [has, should].map((names) => names.toSorted().join(', ') || 'none');
    if (one !== other) wrong.push(`round ${round + 1}: ${engine.name} ${what} ${one}, and should: ${other}`);
  };
  compare('has', await engine.machines(), wanted);
  compare('runs', await engine.running(), wanted);
  compare('has left', await engine.leftOver(), []);
  return wrong;
}
