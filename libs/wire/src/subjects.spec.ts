import { describe, expect, it } from '@jest/globals';
import { discoverySubject, inboxOf, natsNames, siteOf } from './subjects.ts';

const names = natsNames('lab-1');

describe('names on NATS', () => {
  it('keep a site in one token, with its case', () => {
    expect(names.tasksStream('Rack-1_a')).toBe('CONTRACTOR_lab-1_TASKS_Rack-1_a');
    expect(names.taskSubject('Rack-1_a', 'ipmi')).toBe('contractor.lab-1.tasks.Rack-1_a.ipmi');
    expect(siteOf(names.announcementSubject('Rack-1_a'))).toBe('Rack-1_a');
    expect(siteOf(discoverySubject('Rack-1_a'))).toBe('Rack-1_a');
  });

  it('are other ones for every installation', () => {
    const other = natsNames('lab-2');
    expect(other.resultsStream).not.toBe(names.resultsStream);
    expect(other.resultSubject('a', 'ipmi')).not.toBe(names.resultSubject('a', 'ipmi'));
  });

  it.each(['', '*', '>', 'a.b', 'a b', '-a', '_a', 'größe', 'a\r\nPUB x'])('refuse the site %j', (site) => {
    for (const name of [
      names.tasksStream,
      names.everyTask,
      names.announcementSubject,
      names.beatSubject,
      inboxOf,
      discoverySubject,
    ])
      expect(() => name(site)).toThrow(`the site ${JSON.stringify(site)} cannot be named on NATS`);
    expect(() => names.taskSubject('a', site)).toThrow(`the module ${JSON.stringify(site)} cannot be named on NATS`);
    expect(() => names.resultSubject('a', site)).toThrow(`the module ${JSON.stringify(site)} cannot be named on NATS`);
  });

  it.each(['', '*', 'a.b', 'A', 'a_b', '-a', 'discover', 'x'.repeat(33)])('refuse the installation %j', (id) => {
    expect(() => natsNames(id)).toThrow(`the installation ${JSON.stringify(id)} must be`);
  });
});
