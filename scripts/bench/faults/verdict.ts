import type { CinpClient } from '#cinp';
import { hashOf } from '#event-store';
import type { Effect } from '../../../libs/platforms/src/test/effect-ledger.ts';
import { countByName } from './effects.ts';
import type { Findings } from './findings.ts';
import type { Installation } from './installation.ts';
import type { JobLoad } from './job-load.ts';

/** Events read from the log at a time. */
const PAGE = 5000;

/** Whether every effect happened as often as its function promises. @returns a line with figures */
export function judgeEffects(load: JobLoad, effects: readonly Effect[], findings: Findings): string {
  const counts = countByName(effects);
  let again = 0;
  for (const locator of [...load.built, ...load.cancelled]) {
    for (const step of load.steps) {
      const happened = counts.get(`${locator}-${step.name}`) ?? 0;
      if (happened > 1 && step.function === 'act_again') again += 1;
      else if (happened > 1) findings.add('DOUBLED', `${step.name} of ${locator}: ${happened} times`);
      // What comes after the step at which the operator has ended a job is not done.
      if (happened === 0 && (load.built.has(locator) || step.function !== 'act_again')) {
        findings.add('LOST', `${locator} is over without its ${step.name}`);
      }
    }
  }
  return `${effects.length} effects; act_again happened more than once in ${again} jobs, as it may`;
}

/** Whether both servers show every site that was answered. */
export async function judgeSites(
  client: CinpClient,
  server: string,
  answered: ReadonlyMap<string, string>,
  findings: Findings,
): Promise<void> {
  const shown = new Map<string, string>();
  const uris: string[] = [];
  for await (const uri of client.listAll('/api/v1/Site/Site', { pageSize: 500 })) uris.push(uri);
  for (const [, site] of await client.getMulti<{ name: string; description: string }>(uris)) {
    shown.set(site.name, site.description);
  }
  for (const [name, description] of answered) {
    const found = shown.get(name);
    // A change whose answer was lost may have been made.
    if (found === undefined) findings.add('LOST', `site ${name} is not shown by ${server}`);
    else if (description === 'second' && found !== 'second') {
      findings.add('LOST', `the change of site ${name} is not shown by ${server}`);
    }
  }
}

/** Whether every stream is whole, and no task was completed twice. @returns a line with figures */
export async function judgeLog({ query }: Installation, findings: Findings): Promise<string> {
  const last = new Map<string, { readonly revision: number; readonly hash: string }>();
  let events = 0;
  for (let position = '0'; ;) {
    const rows = await query<LoggedRow>(
      `SELECT position::text, stream, revision::int, id, type, data, meta FROM log.events
       WHERE position > ${position} ORDER BY events.position LIMIT ${PAGE}`,
    );
    for (const { stream, revision, ...event } of rows) {
      const before = last.get(stream) ?? { revision: -1, hash: '' };
      const { prev } = JSON.parse(event.meta) as { prev: string };
      if (revision !== before.revision + 1 || prev !== before.hash) {
        findings.add('WRONG', `the hash chain of ${stream} is broken at ${revision}`);
      }
      last.set(stream, { revision, hash: hashOf(stream, revision, event) });
    }
    events += rows.length;
    const end = rows.at(-1);
    if (!end) break;
    position = end.position;
  }
  const twice = await query<{ task: string; n: number }>(
    `SELECT data::json->>'task' AS task, count(*)::int AS n FROM log.events WHERE type = 'JobStepCompleted'
     GROUP BY 1 HAVING count(*) > 1`,
  );
  for (const { task, n } of twice) findings.add('DOUBLED', `task ${task} was completed ${n} times in the log`);
  return `${events} events in ${last.size} streams`;
}

interface LoggedRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
}
