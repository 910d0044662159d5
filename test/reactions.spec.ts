import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(180_000);

/** What `/health` says of one that listens to the log. */
interface Listener {
  readonly status: string;
  readonly lag: number | null;
  readonly deadLetters: number;
}

/** How often the password is changed before the server is killed in the middle of another change. */
const CHANGES = 5;

const ERASE = 'auth.erase-replaced-passwords';

let database: TestDatabase;
const servers: TestContractor[] = [];
beforeAll(async () => {
  database = await testDatabase();
  for (let n = 0; n < 2; n += 1) servers.push(await startContractor({ DATABASE_URL: database.url }));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await database.drop();
});

const listener = async ({ url }: TestContractor): Promise<Listener | undefined> => {
  const health = (await (await fetch(`${url}/health`)).json()) as { readonly reactions: Record<string, Listener> };
  return health.reactions[ERASE];
};

const verifiers = async (): Promise<number> =>
  (await database.pool.query('SELECT FROM ledger.passwords')).rowCount ?? 0;

it('lets another server go on with what a killed one has left, so that nothing is left over', async () => {
  const [first, second] = servers as [TestContractor, TestContractor];
  expect([await listener(first), await listener(second)]).toMatchObject([{ status: 'running' }, { status: 'standby' }]);

  const client = new CinpClient(first.url);
  let password = ADMIN_PASSWORD;
  const change = async (next: string): Promise<void> => {
    client.setAuth();
    await client.login('root', password);
    await client.call('/api/v1/Auth/User(changePassword)', { password: next });
    password = next;
  };
  for (let n = 0; n < CHANGES; n += 1) await change(`password number ${n}`);
  const lost = change('the last one').catch(() => undefined);
  await first.kill();
  await lost;

  const deadline = Date.now() + 200_000;
  let state = await listener(second);
  while (state?.status !== 'running' || state.lag !== 0) {
    if (Date.now() > deadline) throw new Error(`the other server has not gone on: ${JSON.stringify(state)}`);
    await sleep(50);
    state = await listener(second);
  }
  expect(state.deadLetters).toBe(0);
  // The change whose answer was lost may have kept a verifier that nothing refers to.
  expect(await verifiers()).toBeLessThanOrEqual(2);
  const metrics = await (await fetch(`${second.url}/metrics`)).text();
  expect(metrics).toContain(`contractor_reaction_lag{reaction="${ERASE}"} 0`);
});
