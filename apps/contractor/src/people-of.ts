import type { Pool } from 'pg';
import { People } from '#people';
import { keptSecretKey, Secrets } from '#secrets';
import type { Settings } from './settings.ts';

/** Who is who in a database, by the key that the settings of its server lead to; undefined: it is another one, or there is none. */
export async function peopleOf(
  { secrets: { secretKey }, runtime: { data } }: Settings,
  pool: Pool,
): Promise<People | undefined> {
  const key = secretKey ?? (await keptSecretKey(data));
  if (key === undefined) return undefined;
  const secrets = new Secrets(pool, key);
  return (await secrets.fits()) === true ? new People(pool, secrets.derivedKey('people')) : undefined;
}
