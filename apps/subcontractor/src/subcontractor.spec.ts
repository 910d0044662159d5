import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort, startNatsServer, startSshd, until, type NatsServer } from '#testing';
import { jetstreamForeman, type ForemanWire, type Report } from '#wire';
import { subcontractor } from './subcontractor.ts';

describe('the subcontractor', () => {
  let nats: NatsServer;
  let foreman: ForemanWire;
  let reports: Report[];
  let lines: string[];
  let signals: EventEmitter;

  beforeEach(async () => {
    nats = await startNatsServer();
    foreman = jetstreamForeman({ servers: nats.url, installation: { id: 'test', data: 'd' } });
    reports = [];
    lines = [];
    signals = new EventEmitter();
    await foreman.start({
      reported: async (report) => void reports.push(report),
      beat: () => undefined,
      served: () => undefined,
    });
  });
  afterEach(async () => {
    await foreman.stop();
    await nats.stop();
  });

  const run = (env: Record<string, string> = {}, ...args: readonly string[]) =>
    subcontractor({
      args,
      env: { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'site1', SUBCONTRACTOR_NAME: 'a1', ...env },
      signals,
      write: (line) => lines.push(line),
      complain: (line) => lines.push(line),
    });
  const messages = () => lines.map((line) => (JSON.parse(line) as { message: string }).message);
  const send = (task: string, name: string, parameters: Record<string, string | number>) =>
    foreman.send({ task, cookie: task, job: 1, site: 'site1', module: 'iputils', function: name, parameters });

  it('says that it is serving, does real tasks and stops when it is told to', async () => {
    const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const ended = run();
    await until(() => messages().includes('serving'));
    await send('port', 'port_state', { target: '127.0.0.1', port: (listener.address() as AddressInfo).port });
    await send('ping', 'ping', { target: '127.0.0.1', count: 1 });
    await until(() => reports.length === 2);
    expect(Object.fromEntries(reports.map(({ task, agent, outcome }) => [task, { agent, outcome }]))).toEqual({
      port: { agent: 'a1', outcome: { result: { state: 'open' } } },
      ping: { agent: 'a1', outcome: { result: { result: 100 } } },
    });
    listener.close();
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
    expect(signals.eventNames()).toEqual([]);
  });

  it('shows no secret in its log, neither one it is told of nor one whose name says so', async () => {
    const ended = run();
    await until(() => messages().includes('serving'));
    const parameters = { name: 'disk', delay_ms: 0, outcome: 'fail', observed: 'ledger', password: 'hunter2' };
    const about = { job: 1, site: 'site1', module: 'test', function: 'act_again' };
    const told = { ...about, parameters: { ...parameters, name: 'canary-name' }, secrets: [['name'], ['password']] };
    await foreman.send({ ...about, task: 't1', cookie: 't1', parameters });
    await foreman.send({ ...told, task: 't2', cookie: 't2' });
    await until(() => reports.length === 2);
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
    expect(lines.join('')).not.toMatch(/hunter2|canary-name/);
    // The same secret is known again, by a salt that is new with every process.
    const shown = [...lines.join('').matchAll(/"password":"([0-9a-f]{16}:[0-9a-f]{64})"/g)].map(([, hash]) => hash);
    expect(shown).toHaveLength(2);
    expect(new Set(shown).size).toBe(1);
  });

  it('reaches hosts over SSH, and keeps their keys in its state', async () => {
    const sshd = await startSshd();
    const state = await mkdtemp(path.join(os.tmpdir(), 'subcontractor-state-'));
    const ended = run({ SUBCONTRACTOR_STATE: state, CONTRACTOR_LOG_LEVEL: 'debug' });
    await until(() => messages().includes('serving'));
    await foreman.send({
      task: 'ssh',
      cookie: 'ssh',
      job: 1,
      site: 'site1',
      module: 'ssh',
      function: 'execute',
      parameters: {
        host: '127.0.0.1',
        port: sshd.port,
        username: sshd.user,
        password: null,
        private_key: sshd.key,
        command: 'echo the word is open sesame; exit 3',
        timeout: 60,
      },
      secrets: [['private_key'], ['command']],
    });
    await until(() => reports.length === 1);
    expect(reports[0]?.outcome).toEqual({ result: { rc: 3 } });
    expect(await readFile(path.join(state, 'ssh_known_hosts'), 'utf8')).toContain(
      `[127.0.0.1]:${sshd.port} ssh-ed25519`,
    );
    const output = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ message }) => message === 'output');
    expect(output).toMatchObject({ level: 'debug', line: 'the word is open sesame', module: 'ssh', job: 1 });
    expect(lines.join('')).not.toContain('PRIVATE KEY');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
    await sshd.stop();
    await rm(state, { recursive: true });
  });

  it('finishes what it is at work on after the first signal', async () => {
    const ended = run();
    await until(() => messages().includes('serving'));
    await send('ping', 'ping', { target: '127.0.0.1', count: 2 });
    await until(() => messages().includes('task begun'));
    signals.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(0);
    await until(() => reports.length === 1);
    expect(reports[0]?.outcome).toEqual({ result: { result: 100 } });
  });

  it('ends at once after the second', async () => {
    const ended = run();
    await until(() => messages().includes('serving'));
    await send('ping', 'ping', { target: '127.0.0.1', count: 2 });
    await until(() => messages().includes('task begun'));
    signals.emit('SIGINT', 'SIGINT');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(1);
    expect(reports).toEqual([]);
    await until(() => reports.length === 1);
  });

  it('names a setting that cannot be used, and ends with 2', async () => {
    expect(await run({ SUBCONTRACTOR_SITE: 'a b' })).toBe(2);
    expect(lines).toEqual([expect.stringMatching(/^SUBCONTRACTOR_SITE="a b": must be the name of a site: .*\n$/)]);
  });

  it('reads the settings file, which may hold settings of the server too', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'subcontractor-'));
    const file = path.join(directory, 'contractor.env');
    await writeFile(file, 'CONTRACTOR_PORT=9000\nSUBCONTRACTOR_SITE=a b\n');
    expect(await run({ CONTRACTOR_SETTINGS: file, SUBCONTRACTOR_SITE: 'c d' })).toBe(2);
    await writeFile(file, 'SUBCONTRACTOR_SIET=site1\n');
    expect(await run({ CONTRACTOR_SETTINGS: file })).toBe(2);
    expect(lines).toEqual([
      expect.stringMatching(/^SUBCONTRACTOR_SITE="c d": must be/),
      `SUBCONTRACTOR_SIET="…": is not a setting (in ${file}); did you mean SUBCONTRACTOR_SITE?\n`,
    ]);
    await rm(directory, { recursive: true });
  });

  it('reads the configuration file on top of which the environment stands, and tells what of it means nothing', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'subcontractor-'));
    const file = path.join(directory, 'subcontractor.conf');
    const text = '[contractor]\nhost: http://nowhere\n[subcontractor]\nsite: site7\nspeed: 3\n[modules]\niputils: 3\n';
    await writeFile(file, text);
    const env = { SUBCONTRACTOR_SITE: '', SUBCONTRACTOR_STATE: path.join(directory, 'state') };
    const ended = run(env, '-c', file);
    await until(() => messages().includes('serving'));
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: `${file}: the key subcontractor.speed is not known` }),
        expect.objectContaining({ message: 'serving', site: 'site7', modules: { iputils: 3 } }),
      ]),
    );
    signals.emit('SIGQUIT', 'SIGQUIT');
    expect(await ended).toBe(0);
    await writeFile(file, '[subcontractor]\npoll_interval: soon\n');
    lines = [];
    expect(await run(env, '-c', file)).toBe(2);
    expect(lines).toEqual([`${file}: subcontractor.poll_interval="soon": must be a whole number from 1 to 3600\n`]);
    await rm(directory, { recursive: true });
  });

  it('serves several sites within the limits of its modules', async () => {
    const ended = run({ SUBCONTRACTOR_SITE: 'site1,site2', SUBCONTRACTOR_MODULES: 'test:1' });
    await until(() => messages().filter((message) => message === 'serving').length === 2);
    const order = { delay_ms: 300, outcome: 'done', observed: 'ledger' };
    for (const [n, site] of ['site1', 'site2', 'site1', 'site2'].entries()) {
      const parameters = { name: 'disk', ...order };
      await foreman.send({
        task: `t${n}`,
        cookie: `t${n}`,
        job: 1,
        site,
        module: 'test',
        function: 'act_again',
        parameters,
      });
    }
    await until(() => reports.length === 4);
    // One after the other: before each that began, the one before had ended.
    const about = messages().filter((message) => message.startsWith('task '));
    expect(about).toEqual(Array.from({ length: 4 }, () => ['task begun', 'task ended']).flat());
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
  });

  it('hands back what does not end in the time to stop', async () => {
    const ended = run({ SUBCONTRACTOR_STOP_TIMEOUT: '0' });
    await until(() => messages().includes('serving'));
    const parameters = { name: 'disk', delay_ms: 3_600_000, outcome: 'done', observed: 'ledger' };
    const task = { task: 't', cookie: 't', job: 1, site: 'site1', module: 'test', function: 'act_again', parameters };
    await foreman.send(task);
    await until(() => messages().includes('task begun'));
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
    expect(messages()).toContain('task given up');
    // Another one begins it at once.
    const next = run({ SUBCONTRACTOR_NAME: 'a2', SUBCONTRACTOR_STOP_TIMEOUT: '0' });
    await until(() => messages().filter((message) => message === 'task begun').length === 2);
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await next).toBe(0);
    expect(reports).toEqual([]);
  });

  it('tells how it is getting on, and stops when it is told to, by its folder', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'subcontractor-'));
    const state = { SUBCONTRACTOR_STATE: path.join(directory, 'state'), SUBCONTRACTOR_NAME: '' };
    const ask = async (...args: readonly string[]) => {
      let said = '';
      const write = (text: string) => void (said += text);
      const env = { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'site1', ...state };
      const code = await subcontractor({ args, env, signals: new EventEmitter(), write, complain: write });
      return [code, said] as const;
    };
    expect(await ask('status')).toEqual([3, 'Stopped\n']);
    expect(await ask('stop')).toEqual([3, 'Stopped\n']);
    const pidFile = path.join(directory, 'pid');
    await writeFile(pidFile, '999999999\n');
    const port = await freePort();
    const ended = run({ ...state, SUBCONTRACTOR_METRICS_PORT: String(port) }, '-p', pidFile);
    await until(() => messages().includes('serving'));
    expect(await readFile(pidFile, 'utf8')).toBe(`${process.pid}\n`);
    const name = (await readFile(path.join(directory, 'state/name'), 'utf8')).trim();
    await send('ping', 'ping', { target: '127.0.0.1', count: 3 });
    await until(() => messages().includes('task begun'));
    const [code, text] = await ask('status');
    expect(code).toBe(0);
    expect(text).toContain(`Running: ${name}, process ${process.pid}, version `);
    expect(text).toContain('modules (tasks at a time): iputils (5), ');
    expect(text).toContain('site site1: serving over NATS\n');
    expect(text).toMatch(/tasks at work: 1\n {2}ping of job 1 at site1: iputils.ping since 20/);
    expect(text).toContain('unsent results: 0\n');
    await until(() => reports.length === 1);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('contractor_agent_tasks_total{module="iputils",outcome="done"} 1');
    expect(metrics).toContain('contractor_agent_connected{site="site1"} 1');
    expect(metrics).toContain('contractor_agent_unsent_results 0');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    // A second process on the same folder, or port, or file is refused.
    expect(await ask()).toEqual([
      2,
      `SUBCONTRACTOR_STATE="${directory}/state": is used by another subcontractor that runs\n`,
    ]);
    const [, json] = await ask('status', '--json');
    expect(JSON.parse(json)).toMatchObject({ running: true, name, transport: 'nats', unsent: 0, stopping: false });
    await nats.kill();
    await until(async () => (await ask('status'))[0] === 1);
    expect((await ask('status'))[1]).toMatch(/site site1: not connected: /);
    expect(await ask('stop')).toEqual([0, 'Stopped\n']);
    expect(await ended).toBe(0);
    await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
    await rm(directory, { recursive: true });
  });

  it.each([
    [['background'], '"background" is not there'],
    [['-u', 'nobody'], '-u is not there'],
  ])('says of %j what stands in its place', async (args, text) => {
    expect(await run({}, ...args)).toBe(2);
    expect(lines[0]).toContain(text);
  });

  it.each([
    ['--help', 0, /^Usage: npm run subcontractor -- [^]*\n {2}SUBCONTRACTOR_SITE\n/],
    ['--version', 0, /^contractor \d+\.\d+\.\d+\n$/],
    ['--site=x', 2, /^Unknown option '--site'; --help says how the subcontractor is started\n$/],
    ['start', 2, /^Unexpected argument 'start'/],
  ])('%s ends with %s', async (argument, code, text) => {
    expect(await run({}, argument)).toBe(code);
    expect(lines).toEqual([expect.stringMatching(text)]);
  });
});
