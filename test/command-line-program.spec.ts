import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, freePort, startContractor, testDatabase, until } from '#testing';

jest.setTimeout(240_000);

const PROGRAM = path.resolve('dist/contractor.cjs');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
type Settings = Readonly<Record<string, string | undefined>>;

describe('the program contractor', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let home: string;
  const children = new Set<ChildProcess>();

  /** Starts a program in a home of its own, with nothing in its environment but what is said. */
  const begun = (program: string, args: readonly string[], env: Settings = {}) => {
    const child = spawn(program, args, {
      cwd: home,
      env: {
        PATH: `${path.join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
        HOME: home,
        CONTRACTOR_URL: server.url,
        ...env,
      },
    });
    children.add(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    const closed = once(child, 'close');
    const ended = async (): Promise<Ended> => {
      const [code] = (await closed) as [number | null];
      children.delete(child);
      return { code, ...said };
    };
    return { child, said, ended };
  };
  const contractor = (args: readonly string[], env?: Settings) => begun(process.execPath, [PROGRAM, ...args], env);
  const run = (line: string, env?: Settings, input = ''): Promise<Ended> => {
    const { child, ended } = contractor(line.split(' '), env);
    child.stdin.end(input);
    return ended();
  };
  const done = (out: string): Ended => ({ code: 0, out: `${out}\n`, err: '' });

  beforeAll(async () => {
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
    home = await mkdtemp(path.join(os.tmpdir(), 'contractor-home-'));
    await mkdir(path.join(home, 'bin'));
    await symlink(PROGRAM, path.join(home, 'bin/contractor'));
    expect(await run('login', {}, ADMIN_PASSWORD)).toEqual(done('logged in as root'));
    const operator = new CinpClient(server.url);
    await operator.login('root', ADMIN_PASSWORD);
    await operator.create('/api/v1/Site/Site', { name: 'berlin', description: 'x', config_values: { mtu: 9000 } });
    const scripts = {
      quick: 'begin( description="Be quick" )\n  delay( seconds=1 )\nend\n',
      bad: 'error( msg="no such rack" )\n',
    };
    for (const [name, script] of Object.entries(scripts)) {
      await operator.create('/api/v1/BluePrint/Script', { name, description: name, script });
      const types = { description: name, foundation_type_list: ['Manual'] };
      await operator.create('/api/v1/BluePrint/FoundationBluePrint', { name: `fb-${name}`, ...types });
      await operator.create('/api/v1/BluePrint/BluePrintScript', {
        blueprint: `/api/v1/BluePrint/BluePrint:fb-${name}:`,
        script: `/api/v1/BluePrint/Script:${name}:`,
        name: 'create',
      });
      for (const n of [1, 2]) {
        await operator.create('/api/v1/Manual/ManualFoundation', {
          site: '/api/v1/Site/Site:berlin:',
          locator: `${name}${n}`,
          blueprint: `/api/v1/BluePrint/FoundationBluePrint:fb-${name}:`,
        });
      }
    }
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(home, { recursive: true });
  });

  it('ends without a word where nobody reads any more what it writes', async () => {
    const { child, ended } = contractor(['site', 'list']);
    child.stdout.destroy();
    expect(await ended()).toEqual({ code: 130, out: '', err: '' });
  });

  it('is one file, of which the compiled parts of the server are no part', async () => {
    const { size, mode } = await stat(PROGRAM);
    expect(size).toBeLessThan(1024 * 1024);
    expect(mode & 0o111).toBe(0o111);
    const alone = path.join(home, 'alone');
    await mkdir(alone);
    await writeFile(path.join(alone, 'contractor.cjs'), await readFile(PROGRAM));
    const { ended } = begun(process.execPath, [path.join(alone, 'contractor.cjs'), 'whoami']);
    expect(await ended()).toEqual(done('root'));
  });

  it('speaks to the server of a context', async () => {
    const own = { HOME: path.join(home, 'contexts') };
    const say = (line: string, more: Settings = {}) => run(line, { ...own, ...more }, ADMIN_PASSWORD);
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const quiet = { CONTRACTOR_URL: undefined };
    expect(await say('login')).toEqual(done('logged in as root'));
    expect(await say(`context add lab ${server.url}/`)).toEqual(done('added lab'));
    expect(await say(`context add mill ${nowhere} --use`)).toEqual(done('added mill; it is used from now on'));
    const column = ' '.repeat(server.url.length - 4);
    expect(await say('context list')).toEqual(
      done(`   NAME  SERVER${column}PROXY\n   lab   ${server.url}\n*  mill  ${nowhere}`),
    );
    expect(await say('whoami', quiet)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${nowhere} cannot be reached`),
    });
    expect(await say('whoami --context lab', quiet)).toEqual(done('root'));
    expect((await say('whoami')).err).toMatch(
      /^contractor: the context mill is in use, so CONTRACTOR_URL does not count\n/,
    );
    expect(await say('context use lab')).toEqual(done('lab is used from now on'));
    expect(await say('context show', quiet)).toEqual(done(`${server.url} (context lab), as root`));
    expect(await say('context use moon')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there are lab, mill'),
    });
    expect(await say('context add lab nonsense')).toMatchObject({ code: 2 });
    expect(await say('context delete lab')).toEqual(done('deleted lab'));
    expect(await say('context delete mill')).toEqual(done('deleted mill'));
    expect(await say('context show')).toEqual(done(`${server.url} (CONTRACTOR_URL), as root`));
  });

  it('logs in with a name and a password that are configured, once, and again when the session has ended', async () => {
    const settings = { HOME: path.join(home, 'eve'), CONTRACTOR_USERNAME: 'root', CONTRACTOR_PASSWORD: ADMIN_PASSWORD };
    const kept = async () => (await readFile(path.join(home, 'eve/.config/contractor/session.json'))).toString();
    expect(await run('user list --json', settings)).toMatchObject({ code: 0 });
    const first = await kept();
    expect(await run('user list --json', settings)).toMatchObject({ code: 0 });
    expect(await kept()).toBe(first);
    const { token } = (JSON.parse(first) as Record<string, { token: string }>)[server.url] ?? { token: '' };
    const ended = await fetch(`${server.url}/api/rest/Auth/User/logout`, {
      method: 'POST',
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(ended.ok).toBe(true);
    expect(await run('user list --json', settings)).toMatchObject({ code: 0 });
    expect(await kept()).not.toBe(first);
    expect(
      await run('user list', { ...settings, CONTRACTOR_PASSWORD: 'wrong', HOME: path.join(home, 'mal') }),
    ).toMatchObject({
      code: 3,
      err: expect.stringContaining('Invalid Login'),
    });
  });

  it('reads the configuration file of contractorcli', async () => {
    const file = path.join(home, 'my.ini');
    await writeFile(file, `[contractor]\nhost: ${server.url}\nusername: root\npassword: ${ADMIN_PASSWORD}\n`);
    const settings = { HOME: path.join(home, 'ada'), CONTRACTOR_URL: undefined };
    expect(await run(`user list --config ${file} --json`, settings)).toMatchObject({ code: 0 });
    await mkdir(path.join(home, 'ada'), { recursive: true });
    await writeFile(path.join(home, 'ada/.contractorcli.ini'), await readFile(file));
    expect(await run('user list --json', settings)).toMatchObject({ code: 0 });
    expect(await run('user list --config none.ini', settings)).toEqual({
      code: 2,
      out: '',
      err: "contractor: Error reading config file: 'ENOENT: no such file or directory, open 'none.ini''\n",
    });
  });

  it('tells of its requests with --debug, and of no token', async () => {
    const { out, err } = await run('whoami --debug');
    expect(out).toBe('root\n');
    const request = `POST ${server.url}/api/rest/Auth/User/whoami: 200, \\d+ characters, \\d+ ms`;
    const lines = [`contractor: ${server.url}, by CONTRACTOR_URL, as root`, `contractor: ${request}`, ''];
    expect(err).toMatch(new RegExp(`^${lines.join('\n')}$`));
  });

  describe('follows jobs', () => {
    it('until they are done, or have failed', async () => {
      const quick = await run('foundation job do-create quick1 --wait');
      expect(quick).toMatchObject({
        code: 0,
        err: expect.stringMatching(/^#\d+ create foundation quick1: \d+ %, [^]*: 100 %, done\n$/),
      });
      const bad = await run('foundation job do-create bad1 --wait');
      expect(bad).toMatchObject({ code: 1, err: expect.stringMatching(/: \d+ %, error, no such rack\n$/) });
    });

    it('that are named, also those that are over, and tells why one does not go on', async () => {
      const ids = [];
      for (const locator of ['quick2', 'bad2']) {
        const { out } = await run(`foundation job do-create ${locator} --json`);
        ids.push(Number(/\d+/.exec(out)?.[0]));
      }
      const { code, err, out } = await run(`job watch ${ids.join(' ')} --json`);
      expect(code).toBe(1);
      const ends = ids.map((id) => (JSON.parse(out) as { job: number; state: string }[]).find(({ job }) => job === id));
      expect(ends).toMatchObject([{ state: 'done' }, { state: 'error' }]);
      expect(err).toMatch(new RegExp(`^#${ids[0]} create foundation quick2: 100 %, done$`, 'm'));
      expect(await run(`job watch ${ids[0]}`)).toEqual({
        code: 0,
        out: '',
        err: `#${ids[0]} create foundation quick2: 100 %, done\n`,
      });
      const why = await run(`why ${ids[1]}`);
      expect(why).toMatchObject({
        code: 0,
        out: expect.stringMatching(
          new RegExp(`^job ${ids[1]}, create of Foundation bad2: error, .*\n(.*\n)*.*no such rack`),
        ),
      });
      expect(await run('why 999')).toEqual({ code: 1, out: '', err: 'contractor: There is no job 999.\n' });
      expect(await run('job watch x')).toEqual({ code: 2, out: '', err: 'contractor: "x" is no id of a job\n' });
    });

    it('of a site, until Ctrl-C', async () => {
      const { child, said, ended } = contractor(['job', 'watch', '--site', 'berlin']);
      await until(() => / create foundation bad1: /.test(said.err) && / create foundation bad2: /.test(said.err));
      child.kill('SIGINT');
      expect(await ended()).toMatchObject({ code: 0, out: '' });
    });
  });

  it('shows again what has changed, until Ctrl-C', async () => {
    const { child, said, ended } = contractor('group list --watch --interval 0.1'.split(' '));
    await until(() => said.out.includes('NAME  PERMISSIONS\n'));
    expect(await run('group add watchers')).toEqual(done('added watchers'));
    await until(() => said.out.includes('watchers'));
    child.kill('SIGINT');
    expect(await ended()).toEqual({ code: 0, out: 'NAME  PERMISSIONS\n\nNAME      PERMISSIONS\nwatchers\n', err: '' });
    expect(await run('group list --watch --interval 0')).toMatchObject({ code: 2 });
  });

  it('tells where a value comes from, and how an object came to be', async () => {
    expect(await run('explain site/berlin mtu')).toEqual({
      code: 0,
      out: expect.stringMatching(/^mtu = 9000\n {2}Site berlin: mtu = 9000 \(root, 20.*, position \d+\)\n$/),
      err: '',
    });
    expect(await run('explain site/berlin moon')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no value "moon"'),
    });
    expect(await run('site update berlin --description y')).toMatchObject({ code: 0 });
    const { out } = await run('history site/berlin');
    expect(out.replace(/^20\S+/gm, 'TIME').replace(/position \d+, request \w+/g, 'REQUEST')).toMatch(
      /TIME changed by root: ChangeSite, REQUEST\n {2}description: "x" -> "y"\nTIME created by root: CreateSite, REQUEST\n(?: {2}.*\n)* {2}name: "berlin"\n/,
    );
    const [{ position = 0, request = '' } = {}] = JSON.parse((await run('history site berlin --json')).out) as {
      readonly position?: number;
      readonly request?: string;
    }[];
    expect(await run(`compare site/berlin --from ${position - 1}`)).toEqual({
      code: 0,
      out: 'site berlin: changed\n  description: "x" -> "y"\n',
      err: '',
    });
    expect((await run(`requests show ${request}`)).out).toMatch(
      /^20\S+ root: ChangeSite, request \w+\n {2}\d+ \w+ of Site\/Site\/berlin\n$/,
    );
    expect((await run('requests list --actor root --count 1')).out).toMatch(/^20\S+ root: \w+, request \w+\n$/);
    expect((await run('requests list --count 201')).err).toContain('--count takes 1 to 200');
    const [, created] = JSON.parse((await run('history site berlin --json')).out) as { at: string }[];
    const was = JSON.parse((await run(`site get berlin --json --at ${created?.at}`)).out) as { description: string };
    expect(was.description).toBe('x');
  });

  describe('has a shell', () => {
    it('that reads lines from standard input, each for itself', async () => {
      const lines = [
        'whoami --json',
        'whoami',
        '# a remark',
        'dance',
        'group add "two words"',
        'group add "half',
        'exit',
        'whoami',
      ];
      expect(await run('shell', {}, lines.join('\n'))).toEqual({
        code: 1,
        out: '{\n  "user": "root"\n}\nroot\n',
        err: expect.stringMatching(
          /^contractor: no such command 'dance'\n.*\ncontractor: .*two words.*\ncontractor: a quotation mark is missing\n$/,
        ),
      });
    });

    it('with a prompt, completion and history', async () => {
      // The shell around it would end with 130 after a Ctrl-C.
      const command = `exec ${process.execPath} ${PROGRAM} shell`;
      const { child, said, ended } = begun('script', ['-qec', command, '/dev/null'], {
        TERM: 'xterm',
        SHELL: '/bin/sh',
      });
      const type = async (text: string, shown: string) => {
        const { length } = said.out;
        child.stdin.write(text);
        await until(() => said.out.slice(length).includes(shown));
      };
      await until(() => said.out.includes('contractor> '));
      await type('who\t', 'whoami ');
      await type('--json\r', '"user": "root"');
      await type('whoami\r', 'root\r\n');
      await type('\u001b[A\u001b[A', 'whoami --json');
      await type('\u0015site get ber\t', 'lin ');
      // Of what is pasted, each line is run, and the last one may be gone on with.
      await type('\u0015whoami\rwhoami --json\rsite get ber', '"user": "root"');
      await type('\t', 'lin ');
      // Ctrl-C gives up what is typed, and what runs, but not the shell.
      await type('\u0003', 'contractor> ');
      await type('group list --watch\r', 'PERMISSIONS');
      await type('\u0003', 'contractor> ');
      child.stdin.write('\u0004');
      child.stdin.end();
      expect(await ended()).toMatchObject({ code: 0 });
      const history = path.join(home, '.config/contractor/history');
      expect((await readFile(history)).toString()).toBe('whoami\nwhoami --json\ngroup list --watch\n');
      expect((await stat(history)).mode & 0o777).toBe(0o600);
    });
  });

  describe('is completed', () => {
    const completed = async (program: string, script: string): Promise<string> => {
      const plain = { bash: '--norc', zsh: '-f', fish: '--no-config' }[program] ?? '';
      const { child, ended } = begun(program, [plain, '-c', script]);
      child.stdin.end();
      return (await ended()).out;
    };

    it('by bash', async () => {
      const out = await completed(
        'bash',
        `source <(contractor completion bash)
        compopt() { echo "compopt $1 $2"; }
        try() {
          COMP_LINE=$1 COMP_POINT=\${#1} COMPREPLY=()
          read -ra COMP_WORDS <<< "$1"
          [[ $1 == *' ' ]] && COMP_WORDS+=('')
          COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
          _contractor
          echo "\${COMPREPLY[*]}"
        }
        try 'contractor who'
        try 'contractor job wat'
        try 'contractor site get '
        try 'contractor job watch --site=be'
        try 'contractor resources load '
        try 'contractor explain si'
        complete -p contractor
        [[ $(contractor bash_completion) == "$(contractor completion bash)" ]] && echo same
        `,
      );
      expect(out).toBe(
        'whoami\nwatch\nberlin\nberlin\ncompopt -o default\n\ncompopt -o nospace\nsite/\ncomplete -F _contractor contractor\nsame\n',
      );
    });

    it('by zsh', async () => {
      const out = await completed(
        'zsh',
        `compdef() { echo "compdef $*"; }
        _describe() { print -l -- \${(P)3}; }
        _files() { echo files; }
        source <(contractor completion zsh)
        try() { words=("$@"); CURRENT=$#words; _contractor; }
        try contractor who
        try contractor site get ''
        try contractor resources load ''
        `,
      );
      expect(out).toBe('compdef _contractor contractor\nwhoami:say who is logged in\nberlin\nfiles\n');
    });

    it('by fish', async () => {
      const out = await completed(
        'fish',
        `contractor completion fish | source
        complete -C 'contractor who'
        complete -C 'contractor site get '
        complete -C 'contractor job watch --site=be'
        touch there.toml
        complete -C 'contractor resources load ther'
        `,
      );
      expect(out).toBe('whoami\tsay who is logged in\nberlin\n--site=berlin\nthere.toml\n');
    });

    it('without the server, as far as that goes', async () => {
      const env = { CONTRACTOR_URL: `http://127.0.0.1:${await freePort()}` };
      expect(await run('complete fish -- site ge', env)).toEqual(done('get\tshow a site'));
      expect(await run('complete fish -- site get b', env)).toMatchObject({ code: 1, out: '' });
    });
  });
});
