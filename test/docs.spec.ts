import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RunningProgram } from '#testing';
import { freePort, startProgram } from '#testing';

jest.setTimeout(600_000);

/** A block of commands on a page. */
interface Block {
  /** `docs/rest.md:17`, its first line. */
  readonly place: string;
  readonly text: string;
  /** Why it is not run. */
  readonly why: string | undefined;
}

/** The pages in the order in which README.md names them, itself first. */
const readme = readFileSync('README.md', 'utf8');
const listed = readme.slice(readme.indexOf('## Read on'));
const PAGES = ['README.md', ...new Set([...listed.matchAll(/\]\((docs\/[\w-]+\.md)\)/g)].map(([, page = '']) => page))];

const FENCE = /^( *)```(?:sh|bash|shell|console|curl)\b.*\n([^]*?)^ *```$/gm;
const MARKER = /<!-- not run: (.+?) -->\s*$/;

function blocksOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 2: block = '' }) => {
    const before = text.slice(0, index);
    return {
      place: `${page}:${before.split('\n').length + 1}`,
      text: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      why: MARKER.exec(before)?.[1],
    };
  });
}

const blocks = PAGES.flatMap(blocksOf);
const run = blocks.filter(({ why }) => why === undefined);

/** What the shell of a reader has, and what a test needs: requests that are refused fail, and questions are answered. */
const PRELUDE = `
set -eEu -o pipefail
TOKEN=
curl() { command curl --fail-with-body "$@"; }
answered() {
  eval "contractor_of_page() $(declare -f contractor | tail -n +2)"
  contractor() { contractor_of_page "$@" <<< "$PASSWORD"; }
}
`;

describe('the pages', () => {
  let directory: string;
  let server: RunningProgram | undefined;
  let output = '';
  /** The blocks that came to their end. */
  let done: readonly string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-docs-'));
    await chmod(directory, 0o755);
    const port = String(await freePort());
    const listening = String(await freePort());
    // As README.md starts it: nothing is set but where it listens and where its data are.
    const settings = { CONTRACTOR_PORT: port, CONTRACTOR_DATA: path.join(directory, 'data') };
    server = await startProgram('apps/contractor/src/main', settings, 'contractor listens');
    const shown = server.lines.map((line) => /"root" with the password "([^"]+)"/.exec(line)?.[1]).find(Boolean);
    const script = [
      PRELUDE,
      ...run.map(({ place, text }) => {
        const here = text
          .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
          .replaceAll('7800', listening)
          .replace(/^contractor\(\) .*$/m, '$&\nanswered');
        return `echo '# ${place}'\n${here}\nprintf '\\n# done %s\\n' '${place}'\n`;
      }),
    ].join('\n');
    const file = path.join(directory, 'pages.sh');
    await writeFile(file, script);
    const shell = spawn('bash', [file], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: directory,
        XDG_CONFIG_HOME: directory,
        CONTRACTOR_URL: `http://127.0.0.1:${port}`,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    shell.stdin.end(`${shown}\n`);
    await once(shell, 'close');
    done = [...output.matchAll(/^# done (.+)$/gm)].map(([, place = '']) => place);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('are all named by README.md, and there', () => {
    expect(PAGES.filter((page) => !existsSync(page))).toEqual([]);
    expect(PAGES.slice(1).toSorted()).toEqual(
      readdirSync('docs')
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`)
        .toSorted(),
    );
  });

  it('hold commands, most of which can be run', () => {
    expect(run.length).toBeGreaterThan(20);
    expect(blocks.length - run.length).toBeLessThan(run.length / 3);
  });

  it.each(run.map(({ place }) => place))('%s does what it says', (place) => {
    if (done.includes(place)) return;
    const first = run.find((block) => !done.includes(block.place))?.place;
    throw new Error(first === place ? output.slice(-3000) : `${first} failed before it`);
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
    const text = blocksOf('docs/first-job.md')
      .map((block) => block.text)
      .join('\n');
    expect(text).not.toMatch(/\b(ping|python3?|jq|nc|docker)\b/);
    expect(text).toContain('node -e');
  });
});
