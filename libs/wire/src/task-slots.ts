/** How many tasks may be at work at a time, by module and in all; several agents of a process may share them. */
export interface TaskSlots {
  /** Resolves when there is a slot for a task of this module; undefined where the signal aborts before. */
  take(module: string, signal: AbortSignal): Promise<(() => void) | undefined>;
  /** Slots that are free for a module, those waited for subtracted; negative where more wait. */
  free(module: string): number;
  /** The same for all modules together. */
  readonly freeInAll: number;
}

interface Waiting {
  readonly module: string;
  readonly begin: () => void;
}

/** @param limits by module; @param inAll for all of them together (no limit) */
export function taskSlots(limits: Readonly<Record<string, number>>, inAll = Number.POSITIVE_INFINITY): TaskSlots {
  const taken = new Map<string, number>();
  let all = 0;
  const waiting: Waiting[] = [];
  const limitOf = (module: string): number => limits[module] ?? Number.POSITIVE_INFINITY;
  const count = (module: string, by: number): void => {
    taken.set(module, (taken.get(module) ?? 0) + by);
    all += by;
  };
  const hasRoom = (module: string): boolean => all < inAll && (taken.get(module) ?? 0) < limitOf(module);
  const waitingFor = (module: string): number => waiting.filter((one) => one.module === module).length;

  const begin = (module: string): (() => void) => {
    count(module, 1);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      count(module, -1);
      for (let next = firstWithRoom(); next !== undefined; next = firstWithRoom()) next.begin();
    };
  };
  const firstWithRoom = (): Waiting | undefined => {
    const index = waiting.findIndex(({ module }) => hasRoom(module));
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  };

  return {
    take(module, signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      if (hasRoom(module)) return Promise.resolve(begin(module));
      return new Promise((resolve) => {
        const leave = () => {
          const index = waiting.indexOf(own);
          if (index >= 0) waiting.splice(index, 1);
          resolve(undefined);
        };
        const own: Waiting = {
          module,
          begin: () => {
            signal.removeEventListener('abort', leave);
            resolve(begin(module));
          },
        };
        waiting.push(own);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
    free: (module) => limitOf(module) - (taken.get(module) ?? 0) - waitingFor(module),
    get freeInAll() {
      return inAll - all - waiting.length;
    },
  };
}
