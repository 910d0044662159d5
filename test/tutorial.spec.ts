/**
 * The pages of the tutorial as a reader follows them: each walk on a server with an empty database, everything that is typed,
 * and everything that is said to be printed.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';
import type { Block } from './page-blocks.ts';
import { blocksOf, missingIn, SHELL } from './page-blocks.ts';
import type { BlocksRun } from './run-blocks.ts';
import { runBlocks } from './run-blocks.ts';

jest.setTimeout(300_000);

const PAGE_HOST = 'http://127.0.0.1:8080';
const toRun = (page: string, languages = SHELL): Block[] =>
  blocksOf(page, languages).filter(({ why }) => why === undefined);

let directory: string;
let database: TestDatabase;
let server: TestContractor;
let client: CinpClient;

/** A server with nothing on it, for the tests of one walk. */
function onEmptyServer(): void {
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-tutorial-'));
    await mkdir(path.join(directory, 'reader'));
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url });
    client = new CinpClient(server.url);
    await client.login('root', ADMIN_PASSWORD);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });
}

/** Runs the blocks of a page, in a directory with nothing in it. */
const walk = (blocks: readonly Block[]): Promise<BlocksRun> =>
  runBlocks(blocks, {
    directory,
    cwd: path.join(directory, 'reader'),
    environment: { CONTRACTOR_URL: server.url, HOST: server.url, PASSWORD: ADMIN_PASSWORD },
    input: `${ADMIN_PASSWORD}\n`,
    replaced: [
      [PAGE_HOST, server.url],
      ['node dist/', `node ${path.resolve('dist')}/`],
    ],
  });

/** The tests of a page that was walked. */
function saysWhatHappens(blocks: readonly Block[], walked: () => BlocksRun): void {
  it.each(blocks.map((block) => [block.place, block] as const))('%s does what it says', (place, block) => {
    const { isDone, output, printed } = walked();
    const first = blocks.find((one) => !isDone(one))?.place;
    if (first !== undefined && !isDone(block)) {
      throw new Error(first === place ? output.slice(-3000) : `${first} failed before it`);
    }
    const missing = missingIn(printed(block), block);
    if (missing !== undefined) throw new Error(`it did not print "${missing}", but:\n${printed(block)}`);
  });
}

/** What the walks leave behind. */
function isLeft(): void {
  it('leaves the host and the complex built, and nothing of the machine', async () => {
    expect(await client.get('/api/v1/Building/Structure:2:')).toMatchObject({ hostname: 'host', state: 'built' });
    expect(await client.get('/api/v1/Building/Complex:demo:')).toMatchObject({ state: 'built' });
    await expect(client.get('/api/v1/Building/Foundation:testvm01:')).rejects.toMatchObject({ status: 404 });
    expect((await client.list('/api/v1/Building/Structure')).total).toBe(2);
    expect((await client.list('/api/v1/Foreman/FoundationJob')).total).toBe(0);
    expect((await client.list('/api/v1/Foreman/StructureJob')).total).toBe(0);
  });
}

describe('the tutorial with curl', () => {
  const blocks = toRun('docs/tutorial.md');
  let walked: BlocksRun;
  onEmptyServer();
  beforeAll(async () => void (walked = await walk(blocks)));

  saysWhatHappens(blocks, () => walked);
  isLeft();
});
