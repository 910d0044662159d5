/** Whatever the jobs stand on is killed at random moments, and every job ends by itself with each of its effects once. */
import { expect, it, jest } from '@jest/globals';
import { killRun } from '../scripts/bench/faults/kill-run.ts';

jest.setTimeout(600_000);

/** In either case; `npm run bench -- faults --count 1000` has as many as are wanted. */
const KILLS = 12;
/** How many jobs are to be built between the first kill and the last. */
const BUILT = 6;

it.each([
  ['one server', 1],
  ['two servers on one database', 2],
])('%s, two agents, NATS with its store and PostgreSQL are killed 12 times: nobody has to help', async (_, servers) => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e6));
  const said: string[] = [];
  const began = performance.now();
  const say = (line: string): void => {
    said.push(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  };
  const result = await killRun({ count: KILLS, seed, servers, builtAmidKills: BUILT, say });
  // Where it fails: what was killed when, and with which seed (`SEED=… npm test -- test/kills`).
  if (result.findings.length > 0) process.stdout.write(`${[...said, result.summary].join('\n')}\n`);
  expect({ seed, findings: result.findings, kills: result.kills }).toEqual({ seed, findings: [], kills: KILLS });
  const { begun, built, builtAmidKills, effects, effectsOfJob } = result;
  // What was open at the last kill is built in peace.
  expect(builtAmidKills).toBeGreaterThanOrEqual(BUILT);
  expect({ built, effects }).toEqual({ built: begun, effects: begun * effectsOfJob });
});
