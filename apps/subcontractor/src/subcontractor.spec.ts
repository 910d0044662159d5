import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startNatsServer, until, type NatsServer } from '#testing';
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

  it.each([
    ['--help', 0, /^Usage: npm run subcontractor\n[^]*\n {2}SUBCONTRACTOR_SITE\n/],
    ['--version', 0, /^contractor \d+\.\d+\.\d+\n$/],
    ['--site=x', 2, /^Unknown option '--site'; --help says how the subcontractor is started\n$/],
    ['start', 2, /^Unexpected argument 'start'/],
  ])('%s ends with %s', async (argument, code, text) => {
    expect(await run({}, argument)).toBe(code);
    expect(lines).toEqual([expect.stringMatching(text)]);
  });
});
