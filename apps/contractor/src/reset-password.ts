import { existsSync } from 'node:fs';
import path from 'node:path';
import { resetPassword } from '#auth';
import type { Clock } from '#event-store';
import { followTimes, systemClock } from '#event-store';
import { Refusal, silentLogger } from '#kernel';
import { checkDatabase } from '#runtime';
import type { Environment } from '#runtime/settings';
import { BadSetting } from '#runtime/settings';
import { openLog } from './open-log.ts';
import { peopleOf } from './people-of.ts';
import { serverSettings } from './settings.ts';

/** Whose password is reset, and to what. */
export interface NewPassword {
  readonly name: string;
  readonly password: string;
}

/**
 * Sets a password in the data of a server that does not run, by the settings of that server. Where several servers share a
 * database they may run: they hear of it as of any other change.
 * @returns whether the user was disabled before
 * @throws BadSetting, BadSettings where a setting is to blame; Error with what is refused
 */
export async function resetPasswordOffline(
  env: Environment,
  wanted: NewPassword,
): Promise<{ readonly wasDisabled: boolean }> {
  const settings = serverSettings(env);
  const { data, databaseUrl } = settings.runtime;
  if (databaseUrl !== undefined) await checkDatabase(databaseUrl);
  else if (!existsSync(path.join(data, 'postgres'))) {
    throw new BadSetting('CONTRACTOR_DATA', data, 'holds no database: no server was ever started on it');
  }
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const { pool, store } = await openLog(settings, silentLogger, (close) => void closing.push(close));
    const clock: Clock = systemClock();
    const times = await followTimes(clock, store, () => undefined);
    closing.push(() => times.stop());
    const people = await peopleOf(settings, pool);
    await people?.onModuleInit();
    return await resetPassword({ pool, store, clock, people }, wanted);
  } catch (error) {
    if (error instanceof Refusal) throw new Error(error.faults.map(({ text }) => text).join(', '), { cause: error });
    throw error;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}
