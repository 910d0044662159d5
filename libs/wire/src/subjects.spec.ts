import { describe, expect, it } from '@jest/globals';
import { agentIdentity, discoverySubject, inboxOf, natsNames, originOf, originOfReport, siteOf } from './subjects.ts';

const names = natsNames('lab-1');

describe('names on NATS', () => {
  it('keep a site in one token, with its case', () => {
    expect(names.tasksStream('Rack-1_a')).toBe('CONTRACTOR_lab-1_TASKS_Rack-1_a');
    expect(names.taskSubject('Rack-1_a', 'ipmi')).toBe('contractor.lab-1.tasks.Rack-1_a.ipmi');
    expect(siteOf(discoverySubject('Rack-1_a'))).toBe('Rack-1_a');
  });

  it('tell who says something', () => {
    expect(originOf(names.announcementSubject('Rack-1_a', 'UA'))).toEqual({ site: 'Rack-1_a', agent: 'UA' });
    expect(originOf(names.beatSubject('a', 'UA'))).toEqual({ site: 'a', agent: 'UA' });
    const report = names.resultSubject('a', 'ipmi', 'UA');
    expect(report).toBe('contractor.lab-1.results.a.ipmi.UA');
    expect(originOfReport(report)).toEqual({ site: 'a', module: 'ipmi', agent: 'UA' });
  });

  it('tell of agents of an earlier version the site and the module alone', () => {
    expect(originOf('contractor.lab-1.agents.a')).toEqual({ site: 'a' });
    expect(originOfReport('contractor.lab-1.results.a.ipmi')).toEqual({ site: 'a', module: 'ipmi' });
  });

  it.each([
    ['agent-1', undefined, 'agent-1'],
    ['host.example:7', undefined, 'host=2Eexample=3A7'],
    ['=2E', undefined, '=3D2E'],
    ['größe>*', undefined, 'gr=C3=B6=C3=9Fe=3E=2A'],
    ['host.example', 'UABC', 'UABC'],
  ])('call the agent %j with the key %j %s', (name, key, identity) => {
    expect(agentIdentity(name, key)).toBe(identity);
    expect(names.beatSubject('a', identity)).toBe(`contractor.lab-1.beats.a.${identity}`);
  });

  it('refuse an agent that is no token', () => {
    expect(() => names.beatSubject('a', 'b.c')).toThrow('the agent "b.c" cannot be named on NATS');
  });

  it('are other ones for every installation', () => {
    const other = natsNames('lab-2');
    expect(other.resultsStream).not.toBe(names.resultsStream);
    expect(other.resultSubject('a', 'ipmi', 'UA')).not.toBe(names.resultSubject('a', 'ipmi', 'UA'));
  });

  it.each(['', '*', '>', 'a.b', 'a b', '-a', '_a', 'größe', 'a\r\nPUB x'])('refuse the site %j', (site) => {
    for (const name of [
      names.tasksStream,
      names.everyTask,
      (site: string) => names.announcementSubject(site, 'UA'),
      (site: string) => names.beatSubject(site, 'UA'),
      inboxOf,
      discoverySubject,
    ])
      expect(() => name(site)).toThrow(`the site ${JSON.stringify(site)} cannot be named on NATS`);
    expect(() => names.taskSubject('a', site)).toThrow(`the module ${JSON.stringify(site)} cannot be named on NATS`);
    expect(() => names.resultSubject('a', site, 'UA')).toThrow(
      `the module ${JSON.stringify(site)} cannot be named on NATS`,
    );
  });

  it.each(['', '*', 'a.b', 'A', 'a_b', '-a', 'discover', 'x'.repeat(33)])('refuse the installation %j', (id) => {
    expect(() => natsNames(id)).toThrow(`the installation ${JSON.stringify(id)} must be`);
  });
});
