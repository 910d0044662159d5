import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BadSetting, BadSettings, readSettings as readTables, settingNames } from '#runtime/settings';
import { settingsTables } from './settings.ts';

const KEY = Buffer.alloc(32, 'key');

/** The values of all tables, as one. */
const readSettings = (env: Readonly<Record<string, string>>): object =>
  Object.assign({}, ...Object.values(readTables(settingsTables, env)));

describe('the settings', () => {
  it('are fit for a first try where nothing is set', () => {
    expect(readSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      contractorUrl: 'http://contractor',
      trustedProxies: [],
      corsOrigins: [],
      plainSignIn: false,
      maxBody: 524_288,
      pxeUrl: 'http://static/pxe/',
      data: path.resolve('data'),
      adminPassword: undefined,
      loginTries: { perName: 10, perSource: 100, window: 300_000 },
      openId: undefined,
      databaseUrl: undefined,
      databaseConnections: 20,
      logLevel: 'info',
      eventStore: 'postgres',
      kurrentdbUrl: undefined,
      secretKey: undefined,
      natsUrl: undefined,
      natsTransport: {},
      installation: undefined,
      natsConfig: undefined,
      embeddedSubcontractor: true,
      lease: 30_000,
      pollLease: 600_000,
      agentGone: 60_000,
      slowStep: 10,
      checkpointEvents: 10_000,
      checkpointSeconds: 300_000,
      checkpointKey: undefined,
      checkpointKeyFormer: undefined,
      keepJobLog: 0,
      keepAnswers: 7,
      secretReadsDays: 365,
      approvals: [],
      expiry: 3_600_000,
      allow: [],
      forbid: [],
      timeout: 60_000,
      maxPause: 300_000,
      giveUp: 259_200_000,
      concurrency: 16,
      maxWaiting: 20_000,
      keep: 604_800_000,
      nameServers: undefined,
      soaEmail: undefined,
      directory: undefined,
      server: undefined,
      rndcPort: 953,
      rndcKey: undefined,
      secondaries: [],
      transferKeys: [],
      bootTraceDays: 30,
      images: undefined,
      imageSize: 20_000,
      imagesTotal: 200_000,
      machineLook: 300,
    });
  });

  it.each([
    ['CONTRACTOR_HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['CONTRACTOR_PORT', '0', { port: 0 }],
    ['CONTRACTOR_PORT', '65535', { port: 65_535 }],
    ['CONTRACTOR_PORT', '', { port: 8080 }],
    ['CONTRACTOR_URL', 'https://build.test', { contractorUrl: 'https://build.test' }],
    ['CONTRACTOR_PXE_URL', 'tftp://boot.test/', { pxeUrl: 'tftp://boot.test/' }],
    ['CONTRACTOR_DATA', '/srv/contractor', { data: '/srv/contractor' }],
    ['CONTRACTOR_DATA', '~/contractor', { data: path.join(os.homedir(), 'contractor') }],
    ['CONTRACTOR_DATA', '~', { data: os.homedir() }],
    ['CONTRACTOR_DATA', './~/x', { data: path.resolve('~/x') }],
    ['CONTRACTOR_TRUSTED_PROXIES', '10.0.0.1, fd00::/8,', { trustedProxies: ['10.0.0.1', 'fd00::/8'] }],
    ['CONTRACTOR_CORS_ORIGINS', 'https://ui.test:8443', { corsOrigins: ['https://ui.test:8443'] }],
    ['CONTRACTOR_CORS_ORIGINS', '*', { corsOrigins: ['*'] }],
    ['CONTRACTOR_MAX_BODY', '2048', { maxBody: 2048 }],
    ['CONTRACTOR_ADMIN_PASSWORD', 'mellon friend', { adminPassword: 'mellon friend' }],
    ['CONTRACTOR_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    ['CONTRACTOR_LOGIN_TRIES', '3', { loginTries: { perName: 3, perSource: 100, window: 300_000 } }],
    ['CONTRACTOR_LOGIN_TRIES_PER_SOURCE', '30', { loginTries: { perName: 10, perSource: 30, window: 300_000 } }],
    ['BIND_NS_NETWORKED_LIST', '4, 1', { nameServers: [4, 1] }],
    ['BIND_SOA_EMAIL', 'hostmaster@site.test', { soaEmail: 'hostmaster.site.test' }],
    ['CONTRACTOR_LOGIN_WINDOW', '60', { loginTries: { perName: 10, perSource: 100, window: 60_000 } }],
    ['DATABASE_URL', 'postgres://u:p@db/c', { databaseUrl: 'postgres://u:p@db/c' }],
    ['DATABASE_URL', 'postgresql://db/c', { databaseUrl: 'postgresql://db/c' }],
    ['DATABASE_CONNECTIONS', '50', { databaseConnections: 50 }],
    ['DATABASE_URL', 'postgres:///c', { databaseUrl: 'postgres:///c' }],
    ['DATABASE_URL', 'postgres://u:p@/c?host=/run/pg', { databaseUrl: 'postgres://u:p@/c?host=/run/pg' }],
    ['DATABASE_URL', 'postgres://u:p%23w@[::1]:5432/c', { databaseUrl: 'postgres://u:p%23w@[::1]:5432/c' }],
    ['DATABASE_URL', 'postgres://%2Frun%2Fpg/c', { databaseUrl: 'postgres://%2Frun%2Fpg/c' }],
    ['KURRENTDB_URL', 'esdb://u:p@k,l,m:2113', { kurrentdbUrl: 'esdb://u:p@k,l,m:2113' }],
    ['KURRENTDB_URL', 'esdb://k:2113,l:2113', { kurrentdbUrl: 'esdb://k:2113,l:2113' }],
    ['NATS_URL', 'nats://a:4222,nats://b:4222', { natsUrl: 'nats://a:4222,nats://b:4222' }],
    ['KURRENTDB_URL', 'esdb://k:2113', { kurrentdbUrl: 'esdb://k:2113', eventStore: 'postgres' }],
    ['CONTRACTOR_SECRET_KEY', KEY.toString('base64'), { secretKey: KEY }],
    ['CONTRACTOR_SECRET_KEY', KEY.toString('hex'), { secretKey: KEY }],
    ['BIND_ZONE_DIRECTORY', '/etc/bind/contractor', { directory: '/etc/bind/contractor' }],
    ['BIND_RNDC_PORT', '9953', { rndcPort: 9953 }],
    ['NATS_URL', 'nats://n:4222', { natsUrl: 'nats://n:4222', embeddedSubcontractor: false }],
    ['NATS_URL', 'nats://u:p%23w@n,host:4222', { natsUrl: 'nats://u:p%23w@n,host:4222' }],
    ['NATS_URL', 'tls://n:4222', { natsUrl: 'tls://n:4222', embeddedSubcontractor: false }],
    ['NATS_URL', 'wss://n/nats', { natsUrl: 'wss://n/nats', natsTransport: { certificates: {} } }],
    ['CONTRACTOR_SUBCONTRACTOR', 'none', { embeddedSubcontractor: false }],
    ['CONTRACTOR_LEASE', '5', { lease: 5000 }],
    ['CONTRACTOR_POLL_LEASE', '60', { pollLease: 60_000 }],
    ['CONTRACTOR_SLOW_STEP', '5', { slowStep: 5 }],
  ])('%s="%s" is %j', (key, value, settings) => {
    expect(readSettings({ [key]: value })).toMatchObject(settings);
  });

  it.each([
    ['CONTRACTOR_PORT', 'http', 'CONTRACTOR_PORT="http": must be a whole number from 0 to 65535'],
    ['CONTRACTOR_PORT', '-1', 'CONTRACTOR_PORT="-1": must be a whole number from 0 to 65535'],
    ['CONTRACTOR_PORT', '65536', 'CONTRACTOR_PORT="65536": must be a whole number from 0 to 65535'],
    ['CONTRACTOR_PORT', '80.5', 'CONTRACTOR_PORT="80.5": must be a whole number from 0 to 65535'],
    [
      'CONTRACTOR_TRUSTED_PROXIES',
      '10.0.0.1,proxy',
      'CONTRACTOR_TRUSTED_PROXIES="10.0.0.1,proxy": must be addresses or blocks like 10.0.0.0/8',
    ],
    [
      'CONTRACTOR_CORS_ORIGINS',
      'https://ui.test/',
      'CONTRACTOR_CORS_ORIGINS="https://ui.test/": must be origins like https://ui.example.org, or *',
    ],
    ['CONTRACTOR_MAX_BODY', '10', 'CONTRACTOR_MAX_BODY="10": must be a whole number from 1024 to 16777216'],
    ['CONTRACTOR_LEASE', '0', 'CONTRACTOR_LEASE="0": must be a whole number from 1 to 86400'],
    ['CONTRACTOR_POLL_LEASE', '86401', 'CONTRACTOR_POLL_LEASE="86401": must be a whole number from 1 to 86400'],
    ['CONTRACTOR_SUBCONTRACTOR', 'yes', 'CONTRACTOR_SUBCONTRACTOR="yes": must be one of embedded, none'],
    ['CONTRACTOR_LOG_LEVEL', 'loud', 'CONTRACTOR_LOG_LEVEL="loud": must be one of error, warn, info, debug'],
    ['CONTRACTOR_ADMIN_PASSWORD', 'mellon', 'CONTRACTOR_ADMIN_PASSWORD="…": must have at least 8 characters'],
    // A URL may hold a password, so it is not repeated.
    ['DATABASE_URL', 'mysql://u:mellon@db/c', 'DATABASE_URL="…": must begin with postgres:// or postgresql://'],
    ['CONTRACTOR_SECRET_KEY', 'bWVsbG9u', 'CONTRACTOR_SECRET_KEY="…": must be 32 bytes, as base64 or hexadecimal text'],
    ['NATS_URL', 'mellon', 'NATS_URL="…": must begin with nats:// or tls:// or ws:// or wss://'],
  ])('%s="%s" is refused by key, value and rule', (key, value, message) => {
    const read = () => readSettings({ [key]: value });
    expect(read).toThrow(BadSettings);
    expect(read).toThrow(new BadSettings([Object.assign(new BadSetting(key, value, ''), { message })]));
  });

  it.each([
    ['DATABASE_URL', 'postgres://u:mel#lon@db:5432/c'],
    ['DATABASE_URL', 'postgres://u:mel/lon@db:5432/c'],
    ['NATS_URL', 'nats://u:mel#lon@n:4222'],
    ['NATS_URL', 'nats://a:4222,nats://u:mel#lon@b:4222'],
    ['CONTRACTOR_URL', 'http://'],
    ['CONTRACTOR_PXE_URL', 'http://static:pxe/'],
  ])('%s="%s" is refused, and not repeated', (key, value) => {
    const rule = 'must be a URL; a special character in its password has to be percent-encoded';
    expect(() => readSettings({ [key]: value })).toThrow(new BadSetting(key, '…', rule).message);
  });

  it('put the log where it is said to be, if it is said where that is', () => {
    const env = { EVENT_STORE: 'kurrentdb', KURRENTDB_URL: 'kurrentdb://k' };
    expect(readSettings(env)).toMatchObject({ eventStore: 'kurrentdb', kurrentdbUrl: 'kurrentdb://k' });
    expect(() => readSettings({ EVENT_STORE: 'kurrentdb' })).toThrow(
      'KURRENTDB_URL is not set: must be set when EVENT_STORE is kurrentdb',
    );
    expect(() => readSettings({ EVENT_STORE: 'files' })).toThrow(
      'EVENT_STORE="files": must be one of postgres, kurrentdb',
    );
  });

  it('do not take a subcontractor inside for one behind NATS', () => {
    expect(() => readSettings({ NATS_URL: 'nats://n', CONTRACTOR_SUBCONTRACTOR: 'embedded' })).toThrow(
      'CONTRACTOR_SUBCONTRACTOR="embedded": cannot be embedded when NATS_URL is set',
    );
  });

  it('that cannot be used are told at once, one line each, whichever module they belong to', () => {
    const env = { CONTRACTOR_PORT: 'http', CONTRACTOR_LOG_LEVEL: 'loud', NATS_URL: 'mellon', EVENT_STORE: 'files' };
    expect(() => readSettings(env)).toThrow(
      new Error(
        [
          'CONTRACTOR_PORT="http": must be a whole number from 0 to 65535',
          'CONTRACTOR_LOG_LEVEL="loud": must be one of error, warn, info, debug',
          'EVENT_STORE="files": must be one of postgres, kurrentdb',
          'NATS_URL="…": must begin with nats:// or tls:// or ws:// or wss://',
        ].join('\n'),
      ),
    );
  });

  it('have names and tokens of their own', () => {
    const names = settingNames(settingsTables);
    expect(new Set(names).size).toBe(names.length);
    const tables = Object.values(settingsTables);
    expect(new Set(tables.map(({ KEY: token }) => token)).size).toBe(tables.length);
  });
});
