import { describe, expect, it } from '@jest/globals';
import { bindSettings } from './bind.settings.ts';

const DIRECTORY = { BIND_ZONE_DIRECTORY: '/etc/bind/contractor' };
const SECRET = 'c2VjcmV0c2VjcmV0';
const refusal = (env: Readonly<Record<string, string>>): string => {
  try {
    bindSettings.read({ ...DIRECTORY, ...env });
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('the settings of BIND', () => {
  it('ask for nothing: no zone is written then', () => {
    expect(bindSettings.read({})).toEqual({
      directory: undefined,
      server: undefined,
      rndcPort: 953,
      rndcKey: undefined,
      secondaries: [],
      transferKeys: [],
    });
  });

  it.each([
    ['127.0.0.1', { host: '127.0.0.1', port: 53 }],
    ['bind:5353', { host: 'bind', port: 5353 }],
    ['::1', { host: '::1', port: 53 }],
    ['[2001:db8::1]:5353', { host: '2001:db8::1', port: 5353 }],
  ])('BIND_SERVER=%s', (text, server) => {
    expect(bindSettings.read({ ...DIRECTORY, BIND_SERVER: text })).toMatchObject({ server });
  });

  it.each(['127.0.0.1:0', 'a b', 'bind:70000', '[bind]:53', '-x', '[fe80::1%eth0]'])(
    'refuse BIND_SERVER=%s',
    (text) => {
      expect(refusal({ BIND_SERVER: text })).toContain('BIND_SERVER');
    },
  );

  it('tell secondaries with and without ports and keys', () => {
    expect(
      bindSettings.read({
        ...DIRECTORY,
        BIND_SECONDARIES: '192.0.2.53, 2001:db8::53, [2001:db8::54]:5353#Ns2',
        BIND_TRANSFER_KEYS: `hmac-sha512:ns2:${SECRET},other:${SECRET}`,
      }),
    ).toMatchObject({
      secondaries: [
        { address: '192.0.2.53', port: 53 },
        { address: '2001:db8::53', port: 53 },
        { address: '2001:db8::54', port: 5353, key: 'Ns2' },
      ],
      transferKeys: [
        { name: 'ns2', algorithm: 'hmac-sha512', secret: SECRET },
        { name: 'other', algorithm: 'hmac-sha256', secret: SECRET },
      ],
    });
  });

  it.each<Readonly<Record<string, string>>>([
    { BIND_SECONDARIES: 'ns2.example.test' },
    { BIND_SECONDARIES: '192.0.2.53#nosuch' },
    { BIND_SECONDARIES: '192.0.2.53;' },
    { BIND_ZONE_DIRECTORY: '/etc/"; }' },
    { BIND_ZONE_DIRECTORY: '', BIND_SERVER: '127.0.0.1' },
  ])('refuse %j', (env) => {
    expect(refusal(env)).toContain(Object.keys(env).at(-1));
  });

  it.each([`ns2:${SECRET}!`, `md5:ns2:${SECRET}`, `a";:${SECRET}`, `ns2:${SECRET},NS2:${SECRET}`])(
    'refuse keys that are none, and repeat none of them: %s',
    (text) => {
      const told = refusal({ BIND_TRANSFER_KEYS: text });
      expect(told).toContain('BIND_TRANSFER_KEYS="…"');
      expect(told).not.toContain(SECRET);
    },
  );
});
