import { expect } from '@jest/globals';
import { manualFoundation, until } from '#testing';
import type { Journey } from './start-journey.ts';

const PAUSE = 'begin()\n  pause( msg="wait" )\nend\n';

/** A job as REST shows it. */
export interface ShownJob {
  readonly state: string;
  readonly can_start: boolean;
  readonly message: string;
  readonly conditions: readonly { readonly name: string; readonly text: string; readonly links: readonly object[] }[];
}

/** Jobs that begin, pause and wait to be cancelled, and what they may have to wait for. */
export function limitedJobs({ client, rest }: Pick<Journey, 'client' | 'rest'>) {
  /** One job each on foundations of one name and a number behind it, at a site. */
  async function jobsOn(site: string, name: string, count: number, script = PAUSE): Promise<number[]> {
    await manualFoundation(client, site, `${name}0`, script);
    const ids: number[] = [];
    for (let n = 0; n < count; n += 1) {
      if (n > 0) {
        await client.create('/api/v1/Manual/ManualFoundation', {
          site: `/api/v1/Site/Site:${site}:`,
          locator: `${name}${n}`,
          blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}0:`,
        });
      }
      ids.push(await client.call<number>(`/api/v1/Building/Foundation:${name}${n}:(doCreate)`));
    }
    return ids;
  }
  const jobOf = async (id: number): Promise<ShownJob> =>
    (await rest('GET', `Foreman/FoundationJob/${id}`)).body as unknown as ShownJob;
  const statesOf = (ids: readonly number[]) =>
    Promise.all(ids.map(async (id) => (await jobOf(id)).state)).then((states) => states.join(' '));
  const settle = (ids: readonly number[], wanted: string) =>
    until(async () => (await statesOf(ids)) === wanted, 60_000);
  const cancel = (id: number) => client.call(`/api/v1/Foreman/BaseJob:${id}:(cancel)`);
  const site = (name: string, parent?: string) =>
    client.create('/api/v1/Site/Site', {
      name,
      description: 'x',
      ...(parent === undefined ? {} : { parent: `/api/v1/Site/Site:${parent}:` }),
    });
  const limitTo = async (values: Readonly<Record<string, unknown>>): Promise<string> => {
    const { status, body } = await rest('POST', 'Foreman/Limit', values);
    expect([status, body]).toEqual([201, expect.anything()]);
    return String(body['id']);
  };
  return { jobsOn, jobOf, statesOf, settle, cancel, site, limitTo };
}
