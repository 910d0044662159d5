/** Agent and server are killed with -9 amid jobs that make and remove machines of real engines, which are counted after each kill. */
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { canStartDockerEngine, testDatabase } from '#testing';
import { machineKillRun } from '../scripts/bench/machines/kill-run.ts';

jest.setTimeout(300_000);

/** `npm run bench -- machines --count 100` has as many as are wanted, and Podman among the engines. */
const KILLS = 4;
const ENGINES = ['docker', 'libvirt', 'vcenter'];

const database = await testDatabase();
afterAll(() => database.drop());

(canStartDockerEngine ? describe : describe.skip)('machines of Docker, libvirt and vCenter (needs root)', () => {
  it('are made and removed once each, whatever is killed meanwhile', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e6));
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const result = await machineKillRun({ databaseUrl: database.url, count: KILLS, seed, only: ENGINES, say });
    // Where it fails: what was killed when, and with which seed (`SEED=… npm test -- test/machine-kills`).
    expect({ seed, said, findings: result.findings }).toEqual({ seed, said, findings: [] });
    expect(result).toMatchObject({ kills: KILLS, made: 12, removed: 9 });
    expect(result.amid).toBeGreaterThan(0);
  });
});
