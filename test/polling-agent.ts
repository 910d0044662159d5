import { setTimeout as sleep } from 'node:timers/promises';
import { CinpClient, InvalidRequest, InvalidSession, NotAuthorized } from '#cinp';
import { offeredPlatform } from '#platform';
import { agentHalves } from '#platforms/agents';

const DISPATCH = '/api/v1/SubContractor/Dispatch';
/** Between two polls, and before a request that failed is made again, in milliseconds. */
const POLL_MS = 50;

/** A task as the protocol of agents that poll spells it. */
interface PolledTask {
  readonly job_id: number;
  readonly cookie: string;
  readonly module: string;
  readonly function: string;
  readonly paramaters: Readonly<Record<string, unknown>>;
}

export interface PollingAgentOptions {
  readonly url: string;
  readonly site: string;
  readonly user: string;
  readonly password: string;
  /** File of the effects of the test platform. */
  readonly ledger: string;
  /** How many tasks it is handed by one poll. */
  readonly maxJobs?: number;
}

/** An agent as the existing ones are: it logs in, polls, does what it is handed with the real agent halves, and reports. */
export interface PollingAgent {
  /** What it was handed, what was said to it, and what went wrong, line by line. */
  readonly lines: readonly string[];
  /** Polls no more, ends its tasks without a report, and resolves when nothing of it goes on. */
  stop(): Promise<void>;
}

export function startPollingAgent({
  url,
  site,
  user,
  password,
  ledger,
  maxJobs = 10,
}: PollingAgentOptions): PollingAgent {
  const client = new CinpClient(url, { version: '1.0' });
  const stopping = new AbortController();
  const { signal } = stopping;
  const lines: string[] = [];
  const platforms = new Map(
    agentHalves({ SUBCONTRACTOR_TEST_LEDGER: ledger }).map((half) => [half.contract.name, offeredPlatform(half)]),
  );

  /** Asks until there is an answer. @throws InvalidRequest the server refuses it for good */
  const ask = async <T>(what: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await what();
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof InvalidRequest) throw error;
        lines.push(String(error));
        if (error instanceof InvalidSession || error instanceof NotAuthorized) {
          await client.login(user, password).catch((failure: unknown) => lines.push(String(failure)));
        }
        await sleep(POLL_MS, undefined, { signal });
      }
    }
  };

  const perform = async (task: PolledTask): Promise<void> => {
    const { job_id, cookie, module, function: name, paramaters } = task;
    lines.push(`begins ${module}.${name} of job ${job_id}`);
    const run = platforms.get(module)?.functions[name];
    const report = await (async () => {
      if (!run) throw new Error(`there is no ${module}.${name}`);
      // What an existing agent is handed has no task id.
      return run(paramaters, {
        task: cookie,
        job: job_id,
        signal,
        credentials: async () => null,
        debug: () => undefined,
      });
    })().then(
      (data) => ['jobResults', { job_id, cookie, data }] as const,
      (error: unknown) => ['jobError', { job_id, cookie, msg: (error as Error).message }] as const,
    );
    if (signal.aborted) return;
    const [action, parameters] = report;
    const answer = await ask(() => client.call(`${DISPATCH}(${action})`, parameters));
    lines.push(`${action} of job ${job_id}: ${String(answer)}`);
  };

  const loop = async (): Promise<void> => {
    const working = new Set<Promise<void>>();
    await ask(() => client.login(user, password));
    while (!signal.aborted) {
      const tasks = await ask(() =>
        client.call<PolledTask[]>(`${DISPATCH}(getJobs)`, {
          site: `/api/v1/Site/Site:${site}:`,
          module_list: [...platforms.keys()],
          max_jobs: maxJobs,
        }),
      );
      for (const task of tasks) {
        const work = perform(task)
          .catch((error: unknown) => void lines.push(String(error)))
          .finally(() => working.delete(work));
        working.add(work);
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  };
  const running = loop().catch((error: unknown) => {
    if (!signal.aborted) lines.push(`ended: ${String(error)}`);
  });
  return {
    lines,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
