import { getEventListeners } from 'node:events';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { startSnmpd, type Snmpd } from '#testing';
import { iputils } from './agent.ts';
import { snmpGet, snmpSet, type SnmpConnection } from './snmp.ts';

const NAME = '1.3.6.1.2.1.1.5.0';
/** An integer: 1 or 2. */
const TRAPS = '1.3.6.1.2.1.11.30.0';

describe('SNMP', () => {
  let snmpd: Snmpd;
  beforeAll(async () => {
    snmpd = await startSnmpd();
  });
  afterAll(() => snmpd.stop());

  const by = (community: string, protocol: 'SNMPv1' | 'SNMPv2c' = 'SNMPv2c'): SnmpConnection => ({
    host: '127.0.0.1',
    port: snmpd.port,
    protocol,
    creds: { community: new Secret(community) },
  });
  const as = (user: string, creds: Partial<SnmpConnection['creds']> = {}): SnmpConnection => ({
    host: '127.0.0.1',
    port: snmpd.port,
    protocol: 'SNMPv3',
    creds: { user, ...creds },
  });
  const keys = (auth: string, priv: string) => ({ auth_key: new Secret(auth), priv_key: new Secret(priv) });

  it.each([
    ['1.3.6.1.2.1.1.1.0', /^Linux /],
    ['1.3.6.1.2.1.1.2.0', /^1\.3\.6\.1\.4\.1\.8072\.3\.2\.\d+$/],
    ['1.3.6.1.2.1.1.3.0', /^\d+$/],
    ['1.3.6.1.2.1.2.2.1.6.1', /^$/],
    ['1.3.6.1.2.1.31.1.1.1.6.1', /^\d+$/],
    ['1.3.6.1.2.1.4.20.1.1.127.0.0.1', /^127\.0\.0\.1$/],
    // The id of its engine, octets that are no text.
    ['1.3.6.1.6.3.10.2.1.1.0', /^0x80001f88[0-9a-f]+$/],
  ])('tells %s as text', async (oid, text) => {
    expect(await snmpGet(by('public'), oid)).toMatch(text);
  });

  it.each([
    ['SNMPv1', () => by('private', 'SNMPv1')],
    ['SNMPv2c', () => by('private')],
    ['SNMPv3 with SHA and AES', () => as('sha', keys('auth-pass', 'priv-pass'))],
    ['SNMPv3 with SHA256', () => as('writer', { ...keys('auth-pass', 'priv-pass'), auth_protocol: 'SHA256' })],
    ['SNMPv3 without encryption', () => as('sha', { auth_key: new Secret('auth-pass') })],
  ])('sets and reads by %s', async (name, connection) => {
    await snmpSet(connection(), NAME, `host of ${name}`);
    expect(await snmpGet(connection(), NAME)).toBe(`host of ${name}`);
  });

  it('reads by SNMPv3 without a key', async () => {
    await snmpSet(by('private'), NAME, 'open');
    expect(await snmpGet(as('open'), NAME)).toBe('open');
  });

  it('sets a value of the type that the object is of', async () => {
    await snmpSet(by('private'), TRAPS, '1');
    expect(await snmpGet(by('private'), TRAPS)).toBe('1');
    await snmpSet(by('private'), NAME, '42');
    expect(await snmpGet(by('private'), NAME)).toBe('42');
    await expect(snmpSet(by('private'), TRAPS, 'on')).rejects.toThrow('SNMP: the object is a number, and "on" is none');
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'is not there',
      () => snmpGet(by('public'), '1.3.6.1.2.1.1.99.0'),
      /^SNMP: NoSuchObject: 1\.3\.6\.1\.2\.1\.1\.99\.0$/,
    ],
    ['is not there, by version 1', () => snmpGet(by('public', 'SNMPv1'), '1.3.6.1.2.1.1.99.0'), /^SNMP: NoSuchName/],
    ['is no object', () => snmpGet(by('public'), 'sysName'), /^SNMP: .*not a valid OID/],
    ['may not be set', () => snmpSet(by('public'), NAME, 'x'), /^SNMP: NoAccess/],
    ['cannot be set', () => snmpSet(by('private'), '1.3.6.1.2.1.1.3.0', '5'), /^SNMP: NotWritable/],
    ['cannot be made', () => snmpSet(by('private'), '1.3.6.1.2.1.1.99.0', '5'), /^SNMP: N/],
    ['is of another type', () => snmpSet(by('private'), TRAPS, '7'), /^SNMP: WrongValue/],
    ['is asked by nobody', () => snmpGet(as('nobody'), NAME), /^SNMP: Unknown User Name$/],
    [
      'is signed with another key',
      () => snmpGet(as('sha', keys('wrong-one', 'priv-pass')), NAME),
      /^SNMP: Wrong Digest/,
    ],
    ['is encrypted alone', () => snmpGet(as('sha', { priv_key: new Secret('x') }), NAME), /auth_key is missing/],
  ])('fails with a text where it %s', async (_, act, text) => {
    await expect(act()).rejects.toThrow(text);
  });

  it('says what to do where the agent lacks an old cipher', async () => {
    const connection = as('sha', { ...keys('auth-pass', 'priv-pass'), priv_protocol: 'DES' });
    await expect(snmpGet(connection, NAME)).rejects.toThrow('this agent cannot encrypt with DES: start the agent with');
  });

  it('is not waited for longer than six seconds', async () => {
    const deaf = createSocket('udp4').bind(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address();
    await expect(snmpGet({ ...by('public'), port }, NAME)).rejects.toThrow(`127.0.0.1 does not answer at port ${port}`);
    deaf.close();
  });

  it('ends with the signal, and lets go of it', async () => {
    const stop = new AbortController();
    const deaf = createSocket('udp4').bind(0, '127.0.0.1');
    await once(deaf, 'listening');
    const asking = snmpGet({ ...by('public'), port: deaf.address().port }, NAME, stop.signal);
    await once(deaf, 'message');
    stop.abort(new Error('the agent stops'));
    await expect(asking).rejects.toThrow('the agent stops');
    deaf.close();
    const { signal } = new AbortController();
    await snmpGet(by('public'), NAME, signal);
    await expect(snmpGet(by('public'), 'x', signal)).rejects.toThrow();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is observed by what the object shows', async () => {
    const context = { task: '1-1', signal: new AbortController().signal } as never;
    const parameters = { connection: by('private'), oid: NAME };
    expect(await iputils.tasks.snmp_set({ ...parameters, value: 'seen' }, context)).toEqual({ done: true });
    expect(await iputils.tasks.snmp_get(parameters, context)).toEqual({ value: 'seen' });
    expect(await iputils.observe.snmp_set({ ...parameters, value: 'seen' }, context)).toEqual({
      state: 'done',
      result: { done: true },
    });
    expect(await iputils.observe.snmp_set({ ...parameters, value: 'other' }, context)).toEqual({
      state: 'unknown',
      reason: `${NAME} of 127.0.0.1 is "seen"`,
    });
  });
});
