/**
 * The pages of the tutorial as a reader follows them: each walk on a server with an empty database, everything that is typed,
 * and everything that is said to be printed.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import ts from 'typescript';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';
import type { Block } from './page-blocks.ts';
import { blocksOf, missingIn, SHELL } from './page-blocks.ts';
import type { BlocksRun } from './run-blocks.ts';
import { runBlocks } from './run-blocks.ts';

jest.setTimeout(300_000);

const PAGE_HOST = 'http://127.0.0.1:8080';
/** Node.js 22.18 and newer run TypeScript as it is; for older ones its types are taken out first. */
const RUNS_TYPESCRIPT = `
node() {
  if [[ $1 == *.ts && $(command node -p 'Boolean(process.features.typescript)') == false ]]; then
    '${path.resolve('node_modules/.bin/esbuild')}' "$1" --log-level=error --outfile="\${1%.ts}.mjs"
    command node "\${1%.ts}.mjs"
  else
    command node "$@"
  fi
}
`;

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

/** The directory in which readers type. */
const reader = (): string => path.join(directory, 'reader');

/** Runs the blocks of a page, in a directory with nothing in it but what pages before have left. */
const walk = (blocks: readonly Block[], prelude = ''): Promise<BlocksRun> =>
  runBlocks(blocks, {
    directory,
    cwd: reader(),
    environment: {
      CONTRACTOR_URL: server.url,
      HOST: server.url,
      PASSWORD: ADMIN_PASSWORD,
      // Nothing of npm's is fetched.
      npm_config_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    input: `${ADMIN_PASSWORD}\n`,
    prelude,
    limitMs: 240_000,
    replaced: [
      [PAGE_HOST, server.url],
      ['node dist/', `node ${path.resolve('dist')}/`],
    ],
  });

/** The program that a page has, in blocks, and what it is to print. */
function programOf(page: string, language: string): Block {
  const parts = toRun(page, new Set([language]));
  const last = parts.at(-1);
  if (!last) throw new Error(`${page} has no program`);
  return { ...last, text: parts.map(({ text }) => text).join('\n') };
}

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

  it('is told in Python, too', async () => {
    const program = programOf('docs/tutorial-python.md', 'python');
    await writeFile(path.join(reader(), 'walk.py'), program.text);
    const run = await walk([{ ...program, text: 'python3 walk.py' }]);
    expect(run.isDone(program) ? missingIn(run.output, program) : run.output).toBeUndefined();
  });

  describe('is told in TypeScript, with the packed client', () => {
    const typed = toRun('docs/tutorial-typescript.md');
    let typedWalk: BlocksRun;
    beforeAll(async () => {
      await rm(reader(), { recursive: true });
      await mkdir(reader());
      await promisify(execFile)(process.execPath, [path.resolve('scripts/pack-client.mjs'), reader()]);
      await writeFile(path.join(reader(), 'walk.ts'), programOf('docs/tutorial-typescript.md', 'ts').text);
      typedWalk = await walk(typed, RUNS_TYPESCRIPT);
    });

    saysWhatHappens(typed, () => typedWalk);

    it('which has types', () => {
      const program = ts.createProgram([path.join(reader(), 'walk.ts')], {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        types: ['node'],
        typeRoots: [path.resolve('node_modules/@types')],
      });
      const texts = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
      expect(texts).toEqual([]);
    });
  });
});

describe('the tutorial with the command line', () => {
  const blocks = toRun('docs/tutorial-cli.md');
  let walked: BlocksRun;
  onEmptyServer();
  beforeAll(async () => void (walked = await walk(blocks)));

  saysWhatHappens(blocks, () => walked);
  isLeft();

  it('has the same blueprints as with curl', () => {
    const files = ['docs/tutorial.md', 'docs/tutorial-cli.md'].map((page) =>
      toRun(page).flatMap(({ text }) => /^cat > tutorial\.toml[^]*^EOF$/m.exec(text)?.[0] ?? []),
    );
    expect(files[0]).toHaveLength(1);
    expect(files[1]).toEqual(files[0]);
  });
});
