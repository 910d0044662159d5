import { describe, expect, it } from '@jest/globals';
import { subcontractorSettings } from './settings.ts';

const known = ['iputils', 'manual'];
const readSettings = (env: Readonly<Record<string, string | undefined>>, modules: readonly string[]) =>
  subcontractorSettings(modules).read(env);
const least = { NATS_URL: 'nats://localhost', SUBCONTRACTOR_SITE: 'site1' };

describe('settings of the subcontractor', () => {
  it('need a server and a site only', () => {
    expect(readSettings(least, known)).toEqual({
      natsUrl: 'nats://localhost',
      site: 'site1',
      name: expect.stringMatching(new RegExp(`-${process.pid}$`)),
      limits: { iputils: 5, manual: 5 },
      logLevel: 'info',
    });
  });

  it.each([
    ['iputils:2,manual:0', { iputils: 2, manual: 0 }],
    ['iputils', { iputils: 5 }],
    [' subcontractor_plugins.iputils : 7 ', { iputils: 7 }],
    ['', { iputils: 5, manual: 5 }],
  ])('SUBCONTRACTOR_MODULES=%j', (value, limits) => {
    expect(readSettings({ ...least, SUBCONTRACTOR_MODULES: value }, known).limits).toEqual(limits);
  });

  it.each([
    ['NATS_URL', undefined, 'NATS_URL is not set: must name a server, such as nats://localhost:4222'],
    ['NATS_URL', 'http://me:s3cret@a', 'NATS_URL="…": an address of NATS is not of the form'],
    ['SUBCONTRACTOR_SITE', '', 'SUBCONTRACTOR_SITE is not set: must be the name of a site'],
    ['SUBCONTRACTOR_SITE', 'a.b', 'SUBCONTRACTOR_SITE="a.b": must be the name of a site'],
    ['SUBCONTRACTOR_NAME', 'a b', 'SUBCONTRACTOR_NAME="a b": must be 1 to 100 printable ASCII characters'],
    ['SUBCONTRACTOR_MODULES', 'ipmi:5', 'SUBCONTRACTOR_MODULES="ipmi:5": "ipmi" must be one of iputils, manual'],
    ['SUBCONTRACTOR_MODULES', 'iputils:5,', '"" must be one of iputils, manual'],
    ['SUBCONTRACTOR_MODULES', 'iputils,iputils:5', '"iputils" must be named once'],
    ['SUBCONTRACTOR_MODULES', 'iputils:five', 'the limit of "iputils" must be a whole number from 0 (off) to 1000'],
    ['SUBCONTRACTOR_MODULES', 'iputils:1.5', 'the limit of "iputils" must be a whole number'],
    ['SUBCONTRACTOR_MODULES', 'iputils:1:2', 'the limit of "iputils" must be a whole number'],
    ['SUBCONTRACTOR_MODULES', 'iputils:0', 'must leave at least one module on'],
  ])('%s=%j is refused', (key, value, fault) => {
    expect(() => readSettings({ ...least, [key]: value }, known)).toThrow(fault);
  });
});
