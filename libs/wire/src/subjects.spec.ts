import { describe, expect, it } from '@jest/globals';
import * as names from './subjects.ts';

describe('names on NATS', () => {
  it('keep a site in one token, with its case', () => {
    expect(names.tasksStream('Rack-1_a')).toBe('TASKS_Rack-1_a');
    expect(names.taskSubject('Rack-1_a', 'ipmi')).toBe('tasks.Rack-1_a.ipmi');
    expect(names.siteOf(names.announcementSubject('Rack-1_a'))).toBe('Rack-1_a');
  });

  it.each(['', '*', '>', 'a.b', 'a b', '-a', '_a', 'größe', 'a\r\nPUB x'])('refuse the site %j', (site) => {
    for (const name of [
      names.tasksStream,
      names.everyTask,
      names.announcementSubject,
      names.beatSubject,
      names.inboxOf,
    ])
      expect(() => name(site)).toThrow(`the site ${JSON.stringify(site)} cannot be named on NATS`);
    expect(() => names.taskSubject('a', site)).toThrow(`the module ${JSON.stringify(site)} cannot be named on NATS`);
    expect(() => names.resultSubject('a', site)).toThrow(`the module ${JSON.stringify(site)} cannot be named on NATS`);
  });
});
