import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConnectProxy, NatsServer, RecordedLine, TestAuthority, TestPair } from '#testing';
import { recordedLog, startConnectProxy, startNatsServer, startRelay, testAuthority, until } from '#testing';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import type { NatsServers } from './nats-connect.ts';
import { openToAnybody } from './open-to-anybody.ts';
import type { ForemanWire, Report } from './wire.ts';

jest.setTimeout(120_000);

const task = { module: 'ipmi', function: 'power', parameters: {}, job: 1, site: 'berlin' };

describe('NATS with certificates', () => {
  let ours: TestAuthority;
  let others: TestAuthority;
  let server: TestPair;
  let client: TestPair;
  /** Lets in whoever knows its certificate. */
  let open: NatsServer;
  /** Wants a certificate of theirs, too. */
  let strict: NatsServer;
  beforeAll(async () => {
    [ours, others] = await Promise.all([testAuthority('ours'), testAuthority('others')]);
    // Not that of localhost: a server called by its address has to be that one.
    server = await ours.sign('server', 'IP:127.0.0.1');
    client = await ours.sign('client', 'DNS:client.test');
    [open, strict] = await Promise.all([started(server), started(server, trusting())]);
  });
  afterAll(async () => {
    await Promise.all([open, strict].map((one) => one.stop()));
    await Promise.all([ours.remove(), others.remove()]);
  });

  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  const block = ({ cert, key }: TestPair, more = ''): string =>
    `tls: { cert_file: "${cert}", key_file: "${key}", ${more} }`;
  const trusting = () => `ca_file: "${ours.ca}", verify: true`;
  const started = (pair: TestPair, more = ''): Promise<NatsServer> =>
    startNatsServer({ config: block(pair, more), webSocket: block(pair, more) });
  /** A server that wants TLS, over TCP and WebSockets, for one test alone. */
  const nats = async (pair: TestPair, more?: string): Promise<NatsServer> => {
    const made = await started(pair, more);
    ends.push(() => made.stop());
    return made;
  };
  const foremanAt = async (where: NatsServers) => {
    const { log, lines } = recordedLog();
    const reports: Report[] = [];
    const wire = jetstreamForeman({ ...where, installation: { id: 'lab', data: 'd' }, reconnectEvery: 10, log });
    ends.push(() => wire.stop());
    await wire.start({
      reported: async (report) => void reports.push(report),
      beat: () => undefined,
      served: () => undefined,
    });
    return { wire, lines, reports };
  };
  const agentAt = async (where: NatsServers): Promise<readonly RecordedLine[]> => {
    const { log, lines } = recordedLog();
    const wire = jetstreamAgent({ ...where, reconnectEvery: 10, log }, { announceEvery: 30, reportAgain: 10 });
    ends.push(() => wire.stop());
    await wire.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, async () => ({ result: {} }));
    return lines;
  };
  const carries = async (foreman: ForemanWire, reports: readonly Report[], cookie: string): Promise<void> => {
    await until(() => foreman.serves('berlin', 'ipmi'));
    await foreman.send({ ...task, task: cookie, cookie });
    await until(() => reports.some((report) => report.cookie === cookie));
  };
  const address = (kind: string, { url, webSocketPort }: NatsServer): string =>
    kind === 'tls' || kind === 'nats' ? url.replace('nats:', `${kind}:`) : `wss://127.0.0.1:${webSocketPort}`;
  const proxied = async (kind: string): Promise<ConnectProxy | undefined> => {
    if (kind !== 'wss through a proxy') return undefined;
    const proxy = await startConnectProxy('me:s3cret');
    ends.push(() => proxy.stop());
    return proxy;
  };

  describe.each(['tls', 'nats', 'wss', 'wss through a proxy'])('over %s', (kind) => {
    it('carries tasks where each side knows the other by its certificate, and again after the server has gone', async () => {
      const to = await nats(server, trusting());
      const proxy = await proxied(kind);
      const certificates = { caFile: ours.ca, certFile: client.cert, keyFile: client.key };
      const where = { servers: address(kind, to), certificates, proxy: proxy?.url };
      const { wire, reports } = await foremanAt(where);
      await agentAt(where);
      await carries(wire, reports, 'c1');
      await to.restart();
      await until(async () => (await wire.health()).fault === undefined);
      await carries(wire, reports, 'c2');
      expect(proxy?.targets.every((target) => target === `127.0.0.1:${to.webSocketPort}`) ?? true).toBe(true);
      expect((await wire.health()).warning).toBeUndefined();
    });

    it.each<[string, () => Partial<NatsServers>, RegExp]>([
      ['whose certificate nobody has signed that is known', () => ({ certificates: {} }), /with NATS_CA$/],
      [
        'whose certificate somebody else has signed',
        () => ({ certificates: { caFile: others.ca } }),
        /signed by nobody in NATS_CA \(.*ca\.pem\)$/,
      ],
    ])('does not talk to a server %s, and says why', async (_, trust, why) => {
      const proxy = await proxied(kind);
      const { wire, lines } = await foremanAt({ servers: address(kind, open), ...trust(), proxy: proxy?.url });
      expect((await wire.health()).fault).toMatch(why);
      expect(lines).toMatchObject([{ level: 'warn', reason: expect.stringMatching(why) }]);
    });

    it('does not talk to a server with the certificate of another one', async () => {
      const other = await ours.sign('other', 'DNS:localhost,DNS:other.test');
      const to = await nats(other);
      const proxy = await proxied(kind);
      const certificates = { caFile: ours.ca };
      const { wire } = await foremanAt({ servers: address(kind, to), certificates, proxy: proxy?.url });
      expect((await wire.health()).fault).toMatch(/altnames.*127\.0\.0\.1/);
    });

    it.each([
      ['without a certificate', async () => ({}), /NATS wants a certificate, NATS_CERT and NATS_KEY$/],
      [
        'with a certificate that somebody else has signed',
        async () => {
          const { cert, key } = await others.sign('stranger', 'DNS:stranger.test');
          return { certFile: cert, keyFile: key };
        },
        /NATS does not take the certificate in NATS_CERT \(.*stranger\.pem\)$/,
      ],
    ])('is not let in %s where the server wants one, and says so', async (_, own, why) => {
      const proxy = await proxied(kind);
      const certificates = { caFile: ours.ca, ...(await own()) };
      const where = { servers: address(kind, strict), certificates, proxy: proxy?.url };
      const { wire } = await foremanAt(where);
      expect((await wire.health()).fault).toMatch(why);
      expect(await openToAnybody(where)).not.toBe(true);
    });

    it('takes the certificates that are in the files now', async () => {
      const proxy = await proxied(kind);
      const { cert, key } = await others.sign('renewed', 'DNS:client.test');
      const certificates = { caFile: ours.ca, certFile: cert, keyFile: key };
      const { wire } = await foremanAt({ servers: address(kind, strict), certificates, proxy: proxy?.url });
      expect((await wire.health()).fault).toMatch(/does not take the certificate/);
      const renewed = await ours.sign('renewed', 'DNS:client.test');
      await Promise.all([writeFile(cert, await readFile(renewed.cert)), writeFile(key, await readFile(renewed.key))]);
      await until(async () => (await wire.health()).fault === undefined);
    });
  });

  it('is told of a server without TLS', async () => {
    const plain = await startNatsServer({ webSocket: 'no_tls: true' });
    ends.push(() => plain.stop());
    for (const servers of [plain.url.replace('nats:', 'tls:'), plain.url]) {
      const { wire } = await foremanAt({ servers, certificates: { caFile: ours.ca } });
      expect((await wire.health()).fault).toMatch(/NATS has no TLS, which this side is told to use$/);
    }
  });

  it('is not taken for another one behind the same address', async () => {
    const relay = await startRelay(Number(new URL(open.url).port));
    ends.push(() => relay.stop());
    const { wire } = await foremanAt({
      servers: `tls://localhost:${relay.port}`,
      certificates: { caFile: ours.ca },
    });
    expect((await wire.health()).fault).toMatch(/altnames/);
  });
});

describe('an HTTP proxy', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  it.each([
    ['that does not know us', 'other:s3cret', undefined, '407'],
    ['that refuses', 'me:s3cret', 403, '403'],
    ['that does not reach the server', 'me:s3cret', 502, '502'],
  ])('%s is told, and tried again until it lets through', async (_, user, status, answer) => {
    const server = await startNatsServer({ webSocket: 'no_tls: true' });
    ends.push(() => server.stop());
    const proxy = await startConnectProxy('me:s3cret');
    ends.push(() => proxy.stop());
    proxy.refuse(status);
    const { log, lines } = recordedLog();
    const wire = jetstreamForeman({
      servers: `ws://127.0.0.1:${server.webSocketPort}`,
      proxy: proxy.url.replace('me:s3cret', user),
      installation: { id: 'lab', data: 'd' },
      reconnectEvery: 10,
      log,
    });
    ends.push(() => wire.stop());
    await wire.start({ reported: async () => undefined, beat: () => undefined, served: () => undefined });
    expect(lines).toMatchObject([{ level: 'warn', reason: expect.stringContaining(`the proxy answers ${answer}`) }]);
    expect(JSON.stringify(lines)).not.toContain('s3cret');
    if (status === undefined) return;
    proxy.refuse(undefined);
    await until(async () => (await wire.health()).fault === undefined);
    proxy.refuse(status);
    proxy.cut();
    await until(async () => (await wire.health()).fault !== undefined);
    proxy.refuse(undefined);
    await until(async () => (await wire.health()).fault === undefined);
  });
});
