import { isTraced, noteInSpan, traced, traceparent } from '#kernel';
import type { Outcome, Report, Task } from './wire.ts';

/** What came of a task, and the span in which it was done. */
export interface TracedOutcome extends Pick<Report, 'trace'> {
  readonly outcome: Outcome | undefined;
}

/** Does a task as a span of the trace it came with; where this process is not traced, its report tells that of the sender. */
export async function tracedTask(task: Task, run: () => Promise<Outcome | undefined>): Promise<TracedOutcome> {
  const { trace, module, function: name, job } = task;
  if (trace === undefined) return { outcome: await run() };
  if (!isTraced()) return { outcome: await run(), trace };
  const attributes = { 'contractor.job': job, 'contractor.site': task.site };
  return traced(`task ${module}.${name}`, { kind: 'consumer', parent: trace, attributes }, async () => {
    const outcome = await run();
    if (!outcome || 'error' in outcome) noteInSpan({ 'contractor.given_up': outcome === undefined }, true);
    return { outcome, trace: traceparent() ?? trace };
  });
}
