import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RunningProgram } from '#testing';
import { freePort, startProgram } from '#testing';
import { blocksOf, SHELL } from './page-blocks.ts';
import type { BlocksRun } from './run-blocks.ts';
import { runBlocks } from './run-blocks.ts';

jest.setTimeout(600_000);

const INDEX = 'docs/README.md';
/** The pages that are walked on servers of their own (tutorial.spec.ts). */
const WALKS = /^docs\/tutorial(?:-\w+)?\.md$/;

/** The pages in the order in which their index names them. */
const listed = [...readFileSync(INDEX, 'utf8').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page = '']) => `docs/${page}`);
const PAGES = ['README.md', INDEX, ...new Set(listed)];

const all = PAGES.flatMap((page) => blocksOf(page, SHELL));
const blocks = PAGES.filter((page) => !WALKS.test(page)).flatMap((page) => blocksOf(page, SHELL));
const run = blocks.filter(({ why }) => why === undefined);

/** Where a page leads within the repository. */
const linksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) =>
    path.join(path.dirname(page), to),
  );

describe('the pages', () => {
  let directory: string;
  let server: RunningProgram | undefined;
  let pages: BlocksRun;
  const filesHere = () =>
    readdirSync('.', { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  const before = filesHere();

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-docs-'));
    await chmod(directory, 0o755);
    const port = String(await freePort());
    const listening = String(await freePort());
    // As README.md starts it: nothing is set but where it listens and where its data are.
    const settings = { CONTRACTOR_PORT: port, CONTRACTOR_DATA: path.join(directory, 'data') };
    server = await startProgram('apps/contractor/src/main', settings, 'contractor listens');
    const shown = server.lines.map((line) => /"root" with the password "([^"]+)"/.exec(line)?.[1]).find(Boolean);
    pages = await runBlocks(run, {
      directory,
      // The last is for commands on the data themselves.
      environment: { CONTRACTOR_URL: `http://127.0.0.1:${port}`, CONTRACTOR_DATA: path.join(directory, 'data') },
      input: `${shown}\n`,
      limitMs: 540_000,
      replaced: [
        ['127.0.0.1:8080', `127.0.0.1:${port}`],
        ['7800', listening],
        ...['monday.backup', 'all.jsonl', 'inventory.sh'].map((file) => [file, path.join(directory, file)] as const),
      ],
    });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('are all named by their index, and there; README.md leads to it', () => {
    expect(PAGES.filter((page) => !existsSync(page))).toEqual([]);
    const there = readdirSync('docs').filter((name) => name.endsWith('.md'));
    expect(PAGES.slice(1).toSorted()).toEqual(there.map((name) => `docs/${name}`).toSorted());
    expect(linksOf('README.md')).toContain(INDEX);
  });

  it.each(PAGES)('%s leads nowhere where there is nothing', (page) => {
    expect(linksOf(page).filter((to) => !existsSync(to))).toEqual([]);
  });

  it('hold commands, most of which can be run', () => {
    const left = all.filter(({ why }) => why !== undefined);
    expect(all.length).toBeGreaterThan(100);
    expect(left.length).toBeLessThan(all.length / 4);
  });

  it.each(run.map((block) => [block.place, block] as const))('%s does what it says', (place, block) => {
    if (pages.isDone(block)) return;
    const first = run.find((one) => !pages.isDone(one))?.place;
    throw new Error(first === place ? pages.output.slice(-3000) : `${first} failed before it`);
  });

  it('leave nothing in the directory of the product', () => {
    expect(filesHere()).toEqual(before);
  });

  it('name one way to the password of root', () => {
    for (const page of PAGES) {
      expect([page, /CONTRACTOR_ADMIN_PASSWORD=\S+ npm start/.exec(readFileSync(page, 'utf8'))?.[0]]).toEqual([
        page,
        undefined,
      ]);
    }
  });

  it('need nothing for the first job but curl, Node.js and npm', () => {
    const text = blocksOf('docs/first-job.md', SHELL)
      .map((block) => block.text)
      .join('\n');
    expect(text).not.toMatch(/\b(ping|python3?|jq|nc|docker)\b/);
    expect(text).toContain('node -e');
  });
});
