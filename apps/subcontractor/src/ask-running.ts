import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentStatus } from './agent-status.ts';
import { exitCodeOf, statusText } from './agent-status.ts';
import { askControl } from './control.ts';
import { socketIn } from './state-folder.ts';

/** The exit code where none runs. */
const NONE_RUNS = 3;
/** How often it is looked whether one that was told to stop has ended, in milliseconds. */
const LOOK_MS = 100;

/**
 * Asks the subcontractor that runs on a folder how it is, or to stop, and waits until it has. @returns the exit code
 * @param waitMs how long it may take to end
 */
export async function askRunning(
  request: 'status' | 'stop',
  { folder, waitMs }: { readonly folder: string | undefined; readonly waitMs: number },
  {
    write,
    complain,
    json,
  }: { readonly write: (text: string) => void; readonly complain: (text: string) => void; readonly json: boolean },
): Promise<number> {
  if (folder === undefined) {
    complain('it has no folder where it could be asked: SUBCONTRACTOR_STATE names one\n');
    return 2;
  }
  const ask = (asked: 'status' | 'stop') =>
    askControl(socketIn(folder), asked).then(
      (status) => status as AgentStatus,
      () => undefined,
    );
  const status = await ask(request);
  if (!status) {
    write(json ? `${JSON.stringify({ running: false })}\n` : 'Stopped\n');
    return NONE_RUNS;
  }
  if (request === 'status') {
    write(json ? `${JSON.stringify({ running: true, ...status })}\n` : statusText(status));
    return exitCodeOf(status);
  }
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(LOOK_MS)) {
    if (!(await ask('status'))) {
      write('Stopped\n');
      return 0;
    }
  }
  complain('it goes on\n');
  return 1;
}
