import { EVERY_SITE, type Task } from './wire.ts';

/** Tasks that wait for an agent: one queue for each module of each site, first come, first served. */
export function taskQueues() {
  const bySite = new Map<string, Map<string, Task[]>>();

  const queueOf = ({ site, module }: Task): Task[] => {
    const queues = bySite.get(module) ?? new Map<string, Task[]>();
    const queue = queues.get(site) ?? [];
    bySite.set(module, queues.set(site, queue));
    return queue;
  };

  return {
    add: (task: Task) => void queueOf(task).push(task),

    /** Puts a task that was handed out before at the head of its queue. */
    putBack: (task: Task) => void queueOf(task).unshift(task),

    /** Takes out all tasks that are wanted; unless said, every one. */
    take(wanted: (task: Task) => boolean = () => true): Task[] {
      const taken: Task[] = [];
      for (const queues of bySite.values()) {
        for (const [site, queue] of queues) {
          taken.push(...queue.filter(wanted));
          const left = queue.filter((task) => !wanted(task));
          if (left.length > 0) queues.set(site, left);
          else queues.delete(site);
        }
      }
      return taken;
    },

    /** Takes the next task of a module out of the queue of a site; for EVERY_SITE the sites take turns. */
    next(site: string, module: string): Task | undefined {
      const queues = bySite.get(module);
      const its = site === EVERY_SITE ? queues?.keys().next().value : site;
      const queue = its === undefined ? undefined : queues?.get(its);
      const task = queue?.shift();
      if (queues === undefined || its === undefined || queue === undefined) return undefined;
      queues.delete(its);
      if (queue.length > 0) queues.set(its, queue);
      return task;
    },
  };
}
