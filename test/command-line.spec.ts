import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, freePort, SECRET_KEY, startContractor, testDatabase, until } from '#testing';
import type { CommandEnded } from './run-command.ts';
import { beginCommand, runCommand, runProgram } from './run-command.ts';

jest.setTimeout(240_000);

describe('the command line', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let config: string;

  /** Somebody with their own configuration; what is asked for comes from `input`. */
  const surroundings = (who: string, input = '') => ({
    environment: { XDG_CONFIG_HOME: path.join(config, who), CONTRACTOR_URL: server.url },
    input,
  });
  /** Runs the command as somebody. */
  const as = (who: string, args: readonly string[], input?: string): Promise<CommandEnded> =>
    runCommand(args, surroundings(who, input));
  const root = (line: string, input?: string) => as('root', line.split(' '), input);
  const done = (out: string): CommandEnded => ({ code: 0, out: `${out}\n`, err: '' });

  beforeAll(async () => {
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
    config = await mkdtemp(path.join(os.tmpdir(), 'contractor-cli-'));
    expect(await runProgram(['login'], surroundings('root', `${ADMIN_PASSWORD}\n`))).toEqual(done('logged in as root'));
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(config, { recursive: true });
  });

  it('keeps the session from one command to the next', async () => {
    expect(await runProgram(['whoami'], surroundings('root'))).toEqual(done('root'));
    expect(await root('whoami --json')).toEqual(done('{\n  "user": "root"\n}'));
    expect(await runProgram(['whoami'], surroundings('nobody'))).toEqual(done('AnonymousUser'));
  });

  it('manages users', async () => {
    expect(await root('group add viewers Site.view_site')).toEqual(done('added viewers'));
    expect(await root('user add alice --group viewers', 'alice has this\n')).toEqual(done('added alice'));
    expect(await as('alice', ['login', 'alice'], 'alice has this')).toEqual(done('logged in as alice'));
    expect(await root('user grant alice Auth.view_group --superuser')).toEqual(done('granted to alice'));
    expect((await root('user list')).out).toBe(
      [
        'NAME   STATE    GROUPS   PERMISSIONS',
        'alice  enabled  viewers  superuser',
        'root   enabled           superuser',
        '',
      ].join('\n'),
    );
    expect(await root('user revoke alice --superuser --group viewers')).toEqual(done('revoked from alice'));
    const [alice] = JSON.parse((await root('user list --json')).out) as object[];
    expect(alice).toMatchObject({ name: 'alice', superuser: false, groups: [], permissions: ['Auth.view_group'] });
    expect(alice).not.toHaveProperty('_links');

    expect((await as('alice', ['group', 'list'])).out).toContain('viewers  Site.view_site');
    expect(await as('alice', ['user', 'list'])).toEqual({ code: 1, out: '', err: 'contractor: Not authorized.\n' });
    expect(await root('user disable alice')).toEqual(done('alice is disabled'));
    expect(await as('alice', ['group', 'list'])).toMatchObject({ code: 3, err: expect.stringMatching('login') });
    expect(await root('user enable alice')).toEqual(done('alice is enabled'));
    expect(await root('user set-password alice', 'alice has that\n')).toEqual(done('the password of alice is set'));
    expect(await as('alice', ['login', 'alice'], 'alice has this')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^contractor: Invalid Login/),
    });
    expect(await as('alice', ['login', 'alice'], 'alice has that')).toEqual(done('logged in as alice'));
    expect(await as('alice', ['password'], 'alice has that\nmine now\n')).toEqual(done('changed; log in again'));
    expect(await as('alice', ['login'], 'mine now')).toMatchObject({ code: 3 });
    expect(await as('alice', ['login', 'alice'], 'mine now')).toEqual(done('logged in as alice'));
    expect(await as('alice', ['logout'])).toEqual(done('logged out'));
    expect(await root('user delete alice')).toEqual(done('deleted alice'));
  });

  it('manages groups, and tells what can be granted', async () => {
    await root('group add staff');
    expect(await root('group grant staff Site.view_site Site.add_site')).toEqual(done('granted to staff'));
    expect(await root('group revoke staff Site.add_site')).toEqual(done('revoked from staff'));
    expect((await root('group list')).out).toContain('staff    Site.view_site\n');
    expect(await root('group grant staff Site.paint_site')).toMatchObject({
      code: 1,
      err: 'contractor: permissions: there is no permission "Site.paint_site"\n',
    });
    expect(await root('group delete staff')).toEqual(done('deleted staff'));
    expect((await root('permission list')).out.split('\n')).toEqual(
      expect.arrayContaining(['Auth.change_account', 'Site.view_site', 'SubContractor.can_dispatch']),
    );
  });

  it('manages services', async () => {
    expect(await root('service add agent --site berlin')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no site "berlin".'),
    });
    const operator = new CinpClient(server.url);
    await operator.login('root', ADMIN_PASSWORD);
    await operator.create('/api/v1/Site/Site', { name: 'berlin', description: 'x' });
    const added = await root('service add agent --site berlin --module iputils --module manual');
    expect(added).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The token .* only now:\n[a-z0-9]{32}\nA subcontractor is given it .*\n$/),
    });
    const token = added.out.split('\n')[1] ?? '';
    expect(await as('agent', ['login', 'agent'], token)).toEqual(done('logged in as agent'));
    expect((await root('service list')).out).toBe(
      [
        'NAME   STATE    SITES   MODULES         PERMISSIONS',
        'agent  enabled  berlin  iputils manual  Site.view_site SubContractor.can_dispatch',
        '',
      ].join('\n'),
    );
    const renewed = JSON.parse((await root('service renew agent --json')).out) as { token: string };
    expect(await as('agent', ['logout'])).toMatchObject({ code: 3 });
    expect(await as('agent', ['login', 'agent'], renewed.token)).toMatchObject({ code: 0 });
    expect(await root('service delete agent')).toEqual(done('deleted agent'));
  });

  it('lists sessions and ends them', async () => {
    await root('user add dora', 'dora has a password');
    await as('dora', ['login', 'dora'], 'dora has a password');
    await as('dora', ['login', 'dora'], 'dora has a password');
    const list = async () => JSON.parse((await root('session list dora --json')).out) as { id: string }[];
    const [one] = await list();
    expect(await root(`session revoke ${one?.id}`)).toEqual(done(`revoked ${one?.id}`));
    expect(await list()).toHaveLength(1);
    expect(await root('session revoke --user dora')).toEqual(done('revoked all sessions of dora'));
    expect(await list()).toEqual([]);
    expect((await root('session list')).out).toMatch(/^ID +USER +FROM +OPENED +EXPIRES\n[0-9a-f]{64} {2}root/);
  });

  it('makes tokens, lists and revokes them', async () => {
    const added = await root('token add reports --permission Site.view_site --read-only --days 30');
    expect(added).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^The token reports is shown only now:\ncontractor_[a-z0-9]{32}\nPrograms send it as .*root:/,
      ),
    });
    const token = added.out.split('\n')[1] ?? '';
    const api = `${server.url}/api/rest/Site/Site`;
    const asked = () => fetch(api, { headers: { Authorization: `Bearer root:${token}` } });
    expect((await asked()).status).toBe(200);
    expect((await root('token list')).out).toMatch(
      /^NAME +USER +SCOPE +EXPIRES +LAST USED\nreports +root +Site.view_site, read only +20\S+ +20\S+\n$/,
    );
    expect(await root('token revoke reports')).toEqual(done('revoked reports'));
    expect((await asked()).status).toBe(401);
  });

  describe('makes read models anew', () => {
    /** Everything that answers are read from. */
    const dump = async (): Promise<unknown> => {
      const { rows } = await database.pool.query<{ name: string }>('SELECT name FROM read.models ORDER BY name');
      const tables = rows.map(async ({ name }) => {
        const { rows: mine } = await database.pool.query(`SELECT * FROM read.${name} ORDER BY key, from_pos`);
        return [name, mine] as const;
      });
      const counts = await database.pool.query('SELECT * FROM read.counts WHERE n <> 0 ORDER BY model, index, value');
      return [Object.fromEntries(await Promise.all(tables)), counts.rows];
    };

    const WAITS = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    let letGo: () => Promise<void>;
    beforeEach(() => {
      letGo = async () => undefined;
    });
    afterEach(() => letGo());

    /** Starts a rebuild that cannot end before it is let go, and waits until it has come to its end but for that. */
    const held = async () => {
      const client = await database.pool.connect();
      await client.query('BEGIN; SELECT FROM read.checkpoint FOR UPDATE');
      letGo = async () => {
        letGo = async () => undefined;
        await client.query('COMMIT');
        client.release();
      };
      const rebuild = beginCommand(['rebuild'], surroundings('root'));
      await until(() => / events, /.test(rebuild.said.err));
      while ((await database.pool.query(`SELECT ${WAITS}`)).rowCount === 0) await sleep(10);
      return rebuild;
    };

    it('while it serves, and shows how far it has come', async () => {
      await root('group add readers Site.view_site');
      await root('user add frida --no-password --group readers');
      const rows = await dump();
      const { ended } = await held();
      expect((await root('user list')).out).toMatch(/^frida /m);
      expect((await root('read-models')).out).toMatch(/^being made anew: \d+ read models: \d+ events, \d+\/s/m);
      expect(await root('rebuild sites')).toEqual({
        code: 1,
        out: '',
        err: 'contractor: a rebuild is under way already\n',
      });
      await letGo();
      const { code, out, err } = await ended;
      expect([code, out]).toEqual([0, expect.stringMatching(/^made anew: \d+ read models, [1-9]\d* events\n$/)]);
      expect(err).toMatch(/^(\d+ read models: \d+ events, \d+\/s(, \d+ s left)?\n)+$/);
      expect(err).toMatch(/, 0 s left\n$/);
      expect(await dump()).toEqual(rows);
      expect((await root('user list')).out).toMatch(/^frida /m);
    });

    it('one by one, by their names', async () => {
      const rows = await dump();
      const { code, out } = await root('rebuild users groups --json');
      expect([code, JSON.parse(out)]).toEqual([
        0,
        expect.objectContaining({ models: ['users', 'groups'], outcome: 'done', by: 'root' }),
      ]);
      expect(await dump()).toEqual(rows);
      expect(await root('rebuild tables')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^contractor: models: "tables" is no read model; there are .*, sites, /),
      });
    });

    it('or says why not', async () => {
      const rows = await dump();
      const { ended } = await held();
      await database.pool.query(`SELECT pg_cancel_backend(pid) ${WAITS}`);
      expect(await ended).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringMatching(/\ncontractor: the rebuild failed: canceling statement due to user request\n$/),
      });
      await letGo();
      expect(await dump()).toEqual(rows);
      expect((await root('read-models')).out).toMatch(/^last rebuild: .* failed \(canceling .*\) at .* by root$/m);
      expect((await root('read-models')).out).toMatch(/^NAME +VERSION +QUARANTINED\nusers +\d+ +0\n/);
    });
  });

  it.each([
    ['', 2, ''],
    ['dance', 2, 'no such command'],
    ['usr list', 2, "no such command 'usr'; did you mean user?"],
    ['user', 2, 'say what: contractor user add | delete | disable | '],
    ['user lst', 2, "no such command 'lst'; did you mean list?"],
    ['user add', 2, 'usage: contractor user add NAME'],
    ['user list bob', 2, 'too many names\nusage: contractor user list\n"contractor user list --help" tells more'],
    ['user list --colour red', 2, "unknown option '--colour'\nusage: contractor user list\n"],
    ['user list --jsn', 2, "unknown option '--jsn'; did you mean --json?"],
    ['user add eve --password secret', 2, "unknown option '--password'"],
    ['user add eve --group', 2, "option '--group <GROUP>' argument missing"],
    ['user grant root', 2, 'say what'],
    ['session revoke', 2, 'say which sessions'],
    ['token revoke nothing', 2, 'root has no token nothing'],
    ['token add later --days soon', 2, '--days must be a whole number of days, 1 or more'],
    ['token add later --days 400', 1, 'expires: must be within 366 days'],
    ['whoami --server nonsense', 2, '"nonsense" is no address of a server'],
    ['user add eve', 1, 'New password of eve: expected on standard input'],
    ['user delete nobody', 1, 'There is no Auth/Account nobody.'],
    ['user disable root', 1, 'root is the last superuser'],
  ])('says what is wrong with "%s"', async (line, code, text) => {
    const ended = await root(line);
    expect(ended).toMatchObject({ code, err: expect.stringContaining(text) });
  });

  it('says that a server cannot be reached, or is none', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    expect(await root(`whoami --server ${nowhere}`)).toMatchObject({
      code: 1,
      err: expect.stringMatching(`contractor: ${nowhere} cannot be reached: .*ECONNREFUSED`),
    });
  });

  it.each([
    ['help', /^Usage: contractor COMMAND [^]*\n {2}user +users\n[^]*Exit codes: 0 done/],
    ['--help', /^Usage: contractor COMMAND [^]*\n {2}user +users\n[^]*Exit codes: 0 done/],
    ['help user add', /^Usage: contractor user add NAME .*\n\nadd a user; [^]*\n {2}--superuser/],
    ['user add --help', /^Usage: contractor user add NAME .*\n\nadd a user; [^]*\n {2}--superuser/],
    ['user --help', /^Usage: contractor user COMMAND\n\nusers\n[^]*\n {2}delete NAME +delete a user/],
    ['help user', /^Usage: contractor user COMMAND\n\nusers\n[^]*\n {2}delete NAME +delete a user/],
  ])('answers "%s"', async (line, text) => {
    expect(await root(line)).toEqual({ code: 0, out: expect.stringMatching(text), err: '' });
  });

  it.each(['version', '--version'])('answers "%s", for which it loads nothing else', async (line) => {
    const out = expect.stringMatching(/^contractor \d+\.\d+\.\d+\n$/);
    expect(await runProgram([line], surroundings('root'))).toEqual({ code: 0, out, err: '' });
  });

  it('tells every command by itself', async () => {
    const { out } = await root('help --all');
    const calls = [...out.matchAll(/^ {2}(contractor .*)$/gm)].map(([, call = '']) => call);
    expect(calls.length).toBeGreaterThan(20);
    const others = ['contractor shell', 'contractor completion bash | zsh | fish'];
    const { out: texts } = await root(
      'shell',
      calls
        .map((call) => `${(/^contractor ([a-z][a-z0-9_-]*(?: [a-z][a-z0-9_-]*)*)/.exec(call) ?? [])[1]} --help\n`)
        .join(''),
    );
    expect(calls.filter((call) => !texts.includes(`Usage: ${call}\n`)).sort()).toEqual(others.sort());
  });

  it('reads the settings file, which stands below the environment', async () => {
    const file = path.join(config, 'contractor.env');
    const { port } = new URL(server.url);
    const settings = { CONTRACTOR_URL: undefined, CONTRACTOR_SETTINGS: file };
    const run = (args: string, env: Readonly<Record<string, string | undefined>> = settings) =>
      runProgram(args.split(' '), { environment: { ...surroundings('root').environment, ...env } });
    await writeFile(file, `CONTRACTOR_PORT=${port}\nCONTRACTOR_LEASE=40\nSUBCONTRACTOR_SITE=site1\n`);
    expect(await run('whoami')).toEqual(done('root'));
    await writeFile(file, `CONTRACTOR_URL=${server.url}\nCONTRACTOR_PORT=1\n`);
    expect(await run('whoami')).toEqual(done('root'));
    await writeFile(file, 'CONTRACTOR_URL=http://127.0.0.1:1\n');
    expect(await run('whoami', { CONTRACTOR_SETTINGS: file })).toEqual(done('root'));
    await writeFile(file, 'mellon\n');
    expect(await run('whoami')).toEqual({
      code: 2,
      out: '',
      err: `contractor: CONTRACTOR_SETTINGS="${file}": line 1 must be NAME=value, with both quotes or none\n`,
    });
  });
});

describe('the command line without a server', () => {
  let directory: string;
  let server: TestContractor | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-reset-'));
    await chmod(directory, 0o755);
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  const reset = (
    env: Readonly<Record<string, string>>,
    input: string,
    { name, run = runCommand }: { readonly name?: string; readonly run?: typeof runProgram } = {},
  ) =>
    run(['reset-password', ...(name === undefined ? [] : [name])], {
      environment: { XDG_CONFIG_HOME: directory, CONTRACTOR_SECRET_KEY: SECRET_KEY, ...env },
      input,
    });
  const login = (password: string) => new CinpClient(server?.url ?? '').login('root', password);

  it('resets a password in the data of a server that is stopped', async () => {
    const env = { CONTRACTOR_DATA: directory, CONTRACTOR_SUBCONTRACTOR: 'none' };
    const none = `contractor: CONTRACTOR_DATA="${directory}": holds no database: no server was ever started on it\n`;
    expect(await reset(env, 'forgotten no more\n')).toEqual({ code: 2, out: '', err: none });
    server = await startContractor(env);
    const token = await login(ADMIN_PASSWORD);
    const used = `contractor: CONTRACTOR_DATA="${directory}": is in use by another server (process ${server.pid})\n`;
    expect(await reset(env, 'forgotten no more\n')).toEqual({ code: 2, out: '', err: used });
    await server.stop();
    expect(await reset(env, 'short\n')).toMatchObject({
      code: 1,
      err: expect.stringContaining('at least 8 characters'),
    });
    expect(await reset(env, 'forgotten no more\n', { name: 'nobody' })).toMatchObject({
      code: 1,
      err: 'contractor: there is no user "nobody"\n',
    });
    const last = await reset(env, 'forgotten no more\n', { run: runProgram });
    expect(last).toEqual({ code: 0, out: 'the password of root is set\n', err: '' });
    await server.start();
    await expect(login(ADMIN_PASSWORD)).rejects.toMatchObject({ body: { message: 'Invalid Login' } });
    expect(await login('forgotten no more')).toMatch(/^[a-z0-9]+$/);
    const client = new CinpClient(server.url);
    client.setAuth('root', token);
    await expect(client.call('/api/v1/Auth/User(whoami)')).rejects.toMatchObject({ status: 401 });
    // The settings of this server still hold the first password, which it told nobody would be let in by.
    const ignored = server.lines.filter((line) => line.includes('CONTRACTOR_ADMIN_PASSWORD'));
    expect(ignored).toEqual([
      expect.stringContaining('CONTRACTOR_ADMIN_PASSWORD is ignored: root has another password'),
    ]);
    expect(server.lines.join('\n')).not.toContain(ADMIN_PASSWORD);
  });

  it('resets it in a database, and enables who was disabled', async () => {
    const database = await testDatabase();
    const env = { DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' };
    server = await startContractor(env);
    // The password in the settings is the one that counts: nothing is to be told.
    await server.stop();
    await server.start();
    expect(server.lines.filter((line) => line.includes('CONTRACTOR_ADMIN_PASSWORD'))).toEqual([]);
    const client = new CinpClient(server.url);
    const session = { Authorization: `Bearer root:${await login(ADMIN_PASSWORD)}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ name: 'ada', enabled: false });
    const made = await fetch(`${server.url}/api/rest/Auth/Account`, { method: 'POST', headers: session, body });
    expect(made.status).toBe(201);
    // Several servers share such a database, so this one may run.
    expect(await reset(env, 'ada is back\n', { name: 'ada' })).toMatchObject({
      code: 0,
      out: 'the password of ada is set, and they are enabled again\n',
    });
    expect(await client.login('ada', 'ada is back')).toMatch(/^[a-z0-9]+$/);
    await server.stop();
    await database.drop();
  });
});
