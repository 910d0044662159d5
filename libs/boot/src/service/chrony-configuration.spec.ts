import { describe, expect, it } from '@jest/globals';
import { chronyConfiguration } from './chrony-configuration.ts';

describe('the configuration of chrony', () => {
  it('tells the machines of subnets the time', () =>
    expect(chronyConfiguration(['10.0.0.0/24', '2001:db8::/64'], ['ntp1.example', '10.9.0.1'])).toBe(
      [
        '# Written by the subcontractor: what is changed here is lost.',
        'server ntp1.example iburst',
        'server 10.9.0.1 iburst',
        'local stratum 10',
        'allow 10.0.0.0/24',
        'allow 2001:db8::/64',
        '',
      ].join('\n'),
    ));
});
