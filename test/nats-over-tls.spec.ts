import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { ConnectProxy, NatsServer, TestAuthority, TestDatabase, TestPair } from '#testing';
import {
  ADMIN_PASSWORD,
  startConnectProxy,
  startContractor,
  startNatsServer,
  startProgram,
  testAuthority,
  testDatabase,
  until,
} from '#testing';

jest.setTimeout(600_000);

interface Health {
  readonly checks: { readonly subcontractors: { readonly status: string; readonly agents?: number } };
}

describe('where the server reaches NATS over TLS', () => {
  let database: TestDatabase;
  let authority: TestAuthority;
  let nats: NatsServer;
  let proxy: ConnectProxy;
  let client: TestPair;
  const ends: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    database = await testDatabase();
    authority = await testAuthority('ours');
    proxy = await startConnectProxy('agent:s3cret');
    const { cert, key } = await authority.sign('nats', 'DNS:localhost');
    client = await authority.sign('client', 'DNS:client.test');
    const tls = `tls: { cert_file: "${cert}", key_file: "${key}", ca_file: "${authority.ca}", verify: true }`;
    nats = await startNatsServer({ config: tls, webSocket: tls });
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    await nats.stop();
    await proxy.stop();
    await authority.remove();
    await database.drop();
  });

  it('a subcontractor that has only an HTTP proxy serves its site, and stops', async () => {
    const trust = { NATS_CA: authority.ca, NATS_CERT: client.cert, NATS_KEY: client.key };
    const server = await startContractor({
      DATABASE_URL: database.url,
      NATS_URL: nats.url.replace('nats://127.0.0.1', 'tls://localhost'),
      ...trust,
    });
    ends.push(() => server.stop());
    const operator = new CinpClient(server.url);
    await operator.login('root', ADMIN_PASSWORD);
    await operator.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
    const subcontractor = await startProgram(
      'apps/subcontractor/src/main',
      {
        NATS_URL: `wss://localhost:${nats.webSocketPort}`,
        NATS_PROXY: proxy.url,
        SUBCONTRACTOR_SITE: 'site1',
        ...trust,
      },
      'serving',
    );
    ends.push(() => subcontractor.stop());
    const told = async () => ((await (await fetch(`${server.url}/health`)).json()) as Health).checks.subcontractors;
    await until(async () => (await told()).agents === 1);
    expect(new Set(proxy.targets)).toEqual(new Set([`localhost:${nats.webSocketPort}`]));
  });
});
