import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';

/** From the report of a task to the next task of its job, as they pass by on NATS; milliseconds. */
export interface TurnRounds {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** Listens to tasks and reports for so many seconds. @param url of a NATS that lets in anybody */
export async function turnRoundsOn(url: string, seconds: number): Promise<TurnRounds> {
  const connection = await connect({ servers: url.replace('nats://', '') });
  const reported = new Map<number, number>();
  const times: number[] = [];
  const jobIn = (data: Uint8Array): number => (JSON.parse(new TextDecoder().decode(data)) as { job: number }).job;
  connection.subscribe('contractor.*.results.>', {
    callback: (_, { data }) => void reported.set(jobIn(data), performance.now()),
  });
  connection.subscribe('contractor.*.tasks.>', {
    callback: (_, { data }) => {
      const job = jobIn(data);
      const at = reported.get(job);
      if (at !== undefined) times.push(performance.now() - at);
      reported.delete(job);
    },
  });
  await sleep(seconds * 1000);
  await connection.close();
  times.sort((one, other) => one - other);
  const part = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { count: times.length, p50: part(0.5), p95: part(0.95) };
}
