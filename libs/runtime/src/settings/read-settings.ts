import type { BadSetting } from './bad-setting.ts';
import { BadSettings } from './bad-setting.ts';
import type { Environment, SettingsOf, SettingsTable } from './define-settings.ts';

/** The tables of a program, each under the name of its values. */
export type SettingsTables = Readonly<Record<string, SettingsTable>>;

/** The values of every table of a program. */
export type AllSettings<T extends SettingsTables> = { readonly [K in keyof T]: SettingsOf<T[K]> };

/** Reads every table of a program. @throws BadSettings naming each setting of any table that cannot be used */
export function readSettings<T extends SettingsTables>(tables: T, env: Environment): AllSettings<T> {
  const faults: BadSetting[] = [];
  const values = Object.entries(tables).map(([key, table]) => {
    try {
      return [key, table.read(env)];
    } catch (error) {
      if (!(error instanceof BadSettings)) throw error;
      faults.push(...error.faults);
      return [key, undefined];
    }
  });
  if (faults.length > 0) throw new BadSettings(faults);
  return Object.fromEntries(values) as AllSettings<T>;
}

/** The names of all settings of some tables. */
export const settingNames = (tables: SettingsTables): readonly string[] =>
  Object.values(tables).flatMap(({ settings }) => settings.map(({ name }) => name));
