import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Callers } from './faults/callers.ts';
import { readEffects } from './faults/effects.ts';
import type { Fault } from './faults/fault-kinds.ts';
import { FAULTS, lacking } from './faults/fault-kinds.ts';
import { Findings } from './faults/findings.ts';
import { findLies, isWell } from './faults/health-truth.ts';
import { ask, HealthWatch } from './faults/health-watch.ts';
import type { Installation } from './faults/installation.ts';
import { startInstallation } from './faults/installation.ts';
import { ATTENDED, JobLoad } from './faults/job-load.ts';
import { Outages } from './faults/outages.ts';
import { Random } from './faults/random.ts';
import { SiteWriters } from './faults/site-writers.ts';
import { killRun } from './faults/kill-run.ts';
import type { Limit } from './limit.ts';
import { judgeEffects, judgeLog, judgeSites } from './faults/verdict.ts';
import { watchPrograms } from './faults/watch-programs.ts';
import { whereIs } from './faults/where-is.ts';

/** How long everything may take to be over after the last fault, in milliseconds. */
const SETTLE_MS = 180_000;
/** How long `/health` may take to be ok once everything is over. */
const OK_MS = 60_000;
/** Between two faults, in milliseconds. */
const PAUSE_MS = [500, 6000] as const;
/** How likely a fault begins while the one before goes on. */
const OVERLAP = 0.3;
const WRITERS = [1, 2];

/**
 * Two servers on one database, NATS and two agents, forty jobs and two clients that write; what they stand on is killed
 * at random: `faults [--minutes 15] [--seed N] [--only postgres,nats]`. With `--count N [--servers 1]` so many programs are
 * killed in short order instead, and the jobs need nobody's help. Sets the exit code to 1 where something was lost, doubled,
 * stuck or lied about.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      count: { type: 'string' },
      servers: { type: 'string' },
    },
  });
  const minutes = Number(values.minutes ?? 15);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  const only = values.only?.split(',') ?? Object.keys(FAULTS);
  const unknown = only.filter((name) => !(name in FAULTS));
  if (unknown.length > 0 || !(minutes > 0) || !Number.isInteger(seed)) {
    process.stderr.write(`faults [--minutes 15] [--seed N] [--only ${Object.keys(FAULTS).join(',')}]\n`);
    process.exitCode = 2;
    return;
  }
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  if (values.count !== undefined) {
    const kills = { count: Number(values.count), seed, servers: Number(values.servers ?? 2) };
    await limit.step('programs were killed', () => countedRun({ ...kills, interrupted: interrupted.signal }));
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    return;
  }
  const installation = await startInstallation();
  const findings = new Findings();
  try {
    const task = { installation, minutes, seed, only, findings, interrupted: interrupted.signal };
    await limit.step('faults were made', () => faultRun(task));
  } finally {
    interrupted.abort();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await installation.stop(findings.count > 0);
  }
  if (findings.count === 0) return;
  await writeFile(path.join(installation.folder, 'findings'), findings.all().join('\n'));
  for (const line of findings.lines()) console.log(line);
  console.log(`all findings and the logs are in ${installation.folder}`);
  process.exitCode = 1;
}

/** So many kills one after the other, of jobs that need nobody's help. */
async function countedRun(kills: Omit<Parameters<typeof killRun>[0], 'say'>): Promise<void> {
  const began = performance.now();
  const say = (line: string): void =>
    console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const { summary, findings } = await killRun({ ...kills, say });
  console.log(summary);
  for (const line of findings) console.log(line);
  console.log(findings.length === 0 ? 'nothing was lost, doubled or stuck' : `${findings.length} findings`);
  if (findings.length > 0) process.exitCode = 1;
}

interface FaultRun {
  readonly installation: Installation;
  readonly minutes: number;
  readonly seed: number;
  readonly only: readonly string[];
  readonly findings: Findings;
  readonly interrupted: AbortSignal;
}

async function faultRun({ installation, minutes, seed, only, findings, interrupted }: FaultRun): Promise<void> {
  const began = performance.now();
  const say = (line: string): void =>
    console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const kinds = only.filter((name) => {
    const why = lacking(name, installation);
    if (why !== undefined) console.log(why);
    return why === undefined;
  });
  console.log(`seed ${seed}, ${minutes} minutes of ${kinds.join(', ')}`);

  const outages = new Outages(say);
  const callers = new Callers(installation.servers, new Random(seed + 1));
  const load = new JobLoad(callers, new Random(seed + 2), findings, { ledger: installation.ledger, kind: ATTENDED });
  const writers = new SiteWriters(callers, findings);
  const watch = new HealthWatch();
  const [faulting, writing, working, watching] = Array.from({ length: 4 }, () => new AbortController()) as [
    AbortController,
    AbortController,
    AbortController,
    AbortController,
  ];
  interrupted.addEventListener('abort', () => [faulting, writing, working].forEach((one) => one.abort()));

  await callers.persist((client) => load.prepare(client), interrupted);
  const jobs = load.run(faulting.signal, working.signal);
  const written = Promise.all(WRITERS.map((writer) => writers.run(writer, writing.signal)));
  const watched = Promise.all(installation.servers.map((server) => watch.run(server, watching.signal)));
  const ended = watchPrograms(installation, findings, watching.signal);

  const end = setTimeout(() => faulting.abort(), minutes * 60_000);
  const random = new Random(seed);
  await faultLoop(
    kinds.map((name) => FAULTS[name] as Fault),
    { installation, random, outages, signal: faulting.signal },
  );
  clearTimeout(end);
  say('no more faults');
  const settled = performance.now();
  await Promise.race([jobs, sleep(SETTLE_MS, undefined, { ref: false })]);
  say(`the jobs took ${((performance.now() - settled) / 1000).toFixed(1)} s to be over`);
  for (const [locator, since] of load.open) {
    findings.add(
      'STUCK',
      `the job of ${locator}, begun at ${((since - began) / 1000).toFixed(1)} s: ${await whereIs(callers, locator)}`,
    );
  }
  working.abort();
  writing.abort();
  await Promise.all([jobs, written]);
  await judgeHealth(installation, findings);
  watching.abort();
  await Promise.all([watched, ended]);

  findLies({ answers: watch.answers, writes: writers.writes, outages: outages.all }, findings, began);
  for (const server of installation.servers) {
    const judged = callers.at(server, (client) => judgeSites(client, server.program.name, writers.answered, findings));
    await judged.catch((error: unknown) =>
      findings.add('STUCK', `${server.program.name} shows no sites: ${String(error)}`),
    );
  }
  const log = await judgeLog(installation, findings);
  const effects = judgeEffects(load, await readEffects(installation.ledger), findings);
  const failed = writers.writes.filter(({ done }) => !done).length;
  const slowest = Math.max(...watch.answers.map(({ asked, answered }) => answered - asked));
  console.log(
    [
      `faults: ${[...outages.counts].map(([what, n]) => `${what} ${n}`).join(', ')}`,
      `jobs: ${load.built.size} built, ${load.cancelled.size} ended by the operator, who was asked ${load.asked} times, ${load.open.size} open`,
      effects,
      `sites: ${writers.answered.size} made; ${failed} of ${writers.writes.length} writes failed`,
      `health: ${JSON.stringify(watch.counts())}, the slowest answer took ${slowest.toFixed(0)} ms`,
      `log: ${log}`,
      `starts that had to be tried again: ${installation.servers.map(({ program }) => program.failedStarts).join(', ')}`,
      findings.count === 0 ? 'nothing was lost, doubled, stuck or lied about' : `${findings.count} findings`,
    ].join('\n'),
  );
}

interface FaultLoop {
  readonly installation: Installation;
  readonly random: Random;
  readonly outages: Outages;
  readonly signal: AbortSignal;
}

/** Does one after the other, some of them while the one before goes on, until it is told to stop; then all runs again. */
async function faultLoop(kinds: readonly Fault[], { installation, random, outages, signal }: FaultLoop): Promise<void> {
  const underWay = new Map<Fault, Promise<void>>();
  await sleep(5000);
  while (!signal.aborted) {
    const fault = random.pick(kinds);
    const overlapping = random.next() < OVERLAP;
    const pause = random.between(...PAUSE_MS);
    await underWay.get(fault);
    underWay.set(fault, fault(installation, random, outages));
    if (!overlapping) await Promise.all(underWay.values());
    await sleep(pause);
  }
  await Promise.all(underWay.values());
}

async function judgeHealth({ servers }: Installation, findings: Findings): Promise<void> {
  const limit = performance.now() + OK_MS;
  for (const { url, program } of servers) {
    let state = await ask(url);
    while (!isWell(state) && performance.now() < limit) {
      await sleep(500);
      state = await ask(url);
    }
    if (state.status !== 'ok') console.log(`/health of ${program.name} says: ${state.reasons}`);
    if (!isWell(state)) findings.add('STUCK', `/health of ${program.name} stays ${state.status}: ${state.reasons}`);
  }
}
