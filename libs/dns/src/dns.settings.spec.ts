import { describe, expect, it } from '@jest/globals';
import { dnsSettings } from './dns.settings.ts';

const refusal = (env: Readonly<Record<string, string>>): string => {
  try {
    dnsSettings.read(env);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('the settings of zones', () => {
  it('ask for nothing', () => {
    expect(dnsSettings.read({})).toEqual({ nameServers: undefined, soaEmail: undefined });
  });

  it.each([
    ['1', [1]],
    [' 4, 1,,4 ', [4, 1]],
  ])('name hosts by their ids: %j', (text, nameServers) => {
    expect(dnsSettings.read({ BIND_NS_NETWORKED_LIST: text })).toMatchObject({ nameServers });
  });

  it.each([
    ['ns.site.test', 'must be ids of Networked, such as 1,4'],
    ['0', 'must be ids of Networked, such as 1,4'],
    ['[1]', 'must be ids of Networked, such as 1,4'],
    ['1;2', 'must be ids of Networked, such as 1,4'],
    ['1,2,3,4,5,6,7,8,9,10,11,12,13,14', 'must be 13 ids at most'],
  ])('do not take %j for hosts', (text, rule) => {
    expect(refusal({ BIND_NS_NETWORKED_LIST: text })).toContain(rule);
  });

  it.each([
    ['hostmaster.site.test', 'hostmaster.site.test'],
    ['Hostmaster@Site.test', 'hostmaster.site.test'],
    ['hostmaster.site.test.', 'hostmaster.site.test'],
  ])('take %j for whom to write to', (text, soaEmail) => {
    expect(dnsSettings.read({ BIND_SOA_EMAIL: text })).toMatchObject({ soaEmail });
  });

  it.each(['hostmaster', 'host master.test', 'first.last@site.test', 'a@b@c.test', 'host_master.test', '@site.test'])(
    'do not take %j for whom to write to',
    (text) => {
      expect(refusal({ BIND_SOA_EMAIL: text })).toContain('such as hostmaster.site.test');
    },
  );
});
