import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#testing';
import { Callers } from './callers.ts';
import { readEffects } from './effects.ts';
import { Findings } from './findings.ts';
import { startInstallation } from './installation.ts';
import { JobLoad, UNATTENDED } from './job-load.ts';
import { killAtRandom } from './kill-loop.ts';
import { Outages } from './outages.ts';
import { Random } from './random.ts';
import { judgeEffects, judgeLog } from './verdict.ts';
import { watchPrograms } from './watch-programs.ts';
import { whereIs } from './where-is.ts';

/** How long the jobs may take to be over after the last kill, in milliseconds. */
const SETTLE_MS = 180_000;

export interface KillRunOptions {
  /** How many kills. */
  readonly count: number;
  /** It decides what is killed, and when. */
  readonly seed: number;
  /** How many servers there are on the database. */
  readonly servers: number;
  /** How many jobs are to be built amid the kills: the last kill comes when they are. */
  readonly builtAmidKills?: number;
  readonly say: (line: string) => void;
  readonly interrupted?: AbortSignal;
}

/** What came of it. */
export interface KillResult {
  readonly kills: number;
  /** How many jobs were begun; each is to be built in the end. */
  readonly begun: number;
  readonly built: number;
  /** How many of them had been built by the time what was killed last ran again. */
  readonly builtAmidKills: number;
  /** How many effects the jobs had together. */
  readonly effects: number;
  /** How many each job is to have. */
  readonly effectsOfJob: number;
  /** What must not be, a line each; none where all went well. */
  readonly findings: readonly string[];
  readonly summary: string;
}

/**
 * Jobs run while servers, agents, NATS (with its store) and PostgreSQL are killed at random moments: every job has to end by
 * itself, with each of its effects once.
 */
export async function killRun(options: KillRunOptions): Promise<KillResult> {
  const { count, seed, servers, builtAmidKills: wanted = 0, say } = options;
  const { interrupted = new AbortController().signal } = options;
  say(`seed ${seed}: ${count} kills, ${servers} ${servers === 1 ? 'server' : 'servers'}`);
  const installation = await startInstallation({ servers });
  const findings = new Findings();
  const ending = new AbortController();
  const working = new AbortController();
  try {
    const outages = new Outages(say);
    const callers = new Callers(installation.servers, new Random(seed + 1));
    const options = { ledger: installation.ledger, kind: UNATTENDED };
    const load = new JobLoad(callers, new Random(seed + 2), findings, options);
    await callers.persist((client) => load.prepare(client), interrupted);
    const jobs = load.run(ending.signal, working.signal);
    const watched = watchPrograms(installation, findings, working.signal);
    await until(() => load.begun >= UNATTENDED.jobs);
    const enough = () =>
      until(() => interrupted.aborted || load.built.size >= wanted, SETTLE_MS).catch(() =>
        findings.add('STUCK', `amid the kills ${load.built.size} jobs were built, and not ${wanted}`),
      );
    await killAtRandom({ installation, random: new Random(seed), outages, count, signal: interrupted, enough });
    const builtAmidKills = load.built.size;
    ending.abort();
    const settling = performance.now();
    say(`no more kills; ${load.open.size} jobs are under way`);
    await Promise.race([jobs, sleep(SETTLE_MS, undefined, { ref: false })]);
    say(`the jobs took ${((performance.now() - settling) / 1000).toFixed(1)} s to be over`);
    for (const locator of load.open.keys()) {
      findings.add('STUCK', `the job of ${locator}: ${await whereIs(callers, locator)}`);
    }
    working.abort();
    await Promise.all([jobs, watched]);
    const log = await judgeLog(installation, findings);
    const effects = await readEffects(installation.ledger);
    const effectsLine = judgeEffects(load, effects, findings);
    const kills = [...outages.counts].map(([what, n]) => `${what} ${n}`).join(', ');
    return {
      kills: [...outages.counts.values()].reduce((sum, n) => sum + n, 0),
      begun: load.begun,
      built: load.built.size,
      builtAmidKills,
      effects: effects.length,
      effectsOfJob: load.steps.length,
      findings: findings.all(),
      summary: [
        `kills: ${kills}`,
        `jobs: ${load.begun} begun, ${load.built.size} built (${builtAmidKills} amid the kills), ${load.open.size} open`,
        effectsLine,
        `log: ${log}`,
        ...(findings.count > 0 ? [`logs are in ${installation.folder}`] : []),
      ].join('\n'),
    };
  } finally {
    ending.abort();
    working.abort();
    await installation.stop(findings.count > 0);
  }
}
