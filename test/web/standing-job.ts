import { manualFoundation, until } from '#testing';
import type { Journey } from '../start-journey.ts';

/** Stops at its fourth line, until somebody says that it may go on. */
const SCRIPT = `begin( description='Fill the rack' )
  message( msg='The rails are in' )
  begin( description='Put the disks in' )
    error( msg='The disk is full' )
  end
  message( msg='All is in' )
end
`;

/** Makes the foundation `rack1` at a site, and the job that is to create it, which stands in error. @returns its id */
export async function standingJob({ client, rest }: Pick<Journey, 'client' | 'rest'>, site: string): Promise<number> {
  await manualFoundation(client, site, 'rack1', SCRIPT);
  const { body } = await rest('POST', 'Building/Foundation/rack1/doCreate', {});
  const job = Number(body['value']);
  await until(async () => (await rest('GET', `Foreman/FoundationJob/${job}`)).body['state'] === 'error');
  return job;
}
