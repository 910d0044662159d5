import { describe, expect, it } from '@jest/globals';
import { taskQueues } from './task-queues.ts';
import { EVERY_SITE, type Task } from './wire.ts';

const task = (id: string, site: string, module = 'ipmi'): Task => ({
  task: id,
  cookie: id,
  job: 1,
  site,
  module,
  function: 'power',
  parameters: {},
});

describe('queues of tasks', () => {
  it('give each site and module its own, in order', () => {
    const queues = taskQueues();
    for (const each of [task('1', 'a'), task('2', 'b'), task('3', 'a'), task('4', 'a', 'ssh')]) queues.add(each);
    const taken = ['a', 'a', 'a', 'b', 'b', 'c'].map((site) => queues.next(site, 'ipmi')?.task);
    expect(taken).toEqual(['1', '3', undefined, '2', undefined, undefined]);
    expect(queues.next('a', 'ssh')?.task).toBe('4');
  });

  it('let the sites take turns where all are served together', () => {
    const queues = taskQueues();
    for (const id of ['1', '2', '3']) queues.add(task(id, 'a'));
    queues.add(task('4', 'b'));
    queues.putBack(task('0', 'a'));
    const taken = Array.from({ length: 6 }, () => queues.next(EVERY_SITE, 'ipmi')?.task);
    expect(taken).toEqual(['0', '4', '1', '2', '3', undefined]);
  });
});
