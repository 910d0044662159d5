import type { Environment } from './define-settings.ts';
import type { SettingsTables } from './read-settings.ts';

/** What stands in the place of a value that may hold a secret. */
const MASK = '********';

/** A setting as a program that runs goes by it. */
export interface SettingInForce {
  readonly name: string;
  /** The table it is in: `http`. */
  readonly table: string;
  /** As it was written; masked where it may hold a secret, null where it is not set and has no default. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly from: 'environment' | 'file' | 'default' | 'unset';
  /** What holds where it is not set, in words or as a value. */
  readonly otherwise: string;
  /** What it means, in Markdown. */
  readonly doc: string;
}

/**
 * The settings of some tables, with where each has its value from.
 * @param env the environment of the process
 * @param whole the same on top of the settings file
 */
export const settingsInForce = (
  tables: SettingsTables,
  env: Environment,
  whole: Environment,
): readonly SettingInForce[] =>
  Object.entries(tables).flatMap(([table, { settings }]) =>
    settings.map(({ name, parser: { secret }, about }) => {
      const otherwise = 'default' in about ? about.default : 'unset' in about ? about.unset : about.required;
      const set = whole[name] || undefined;
      const value = set ?? ('default' in about ? about.default : null);
      const from = set === undefined ? ('default' in about ? 'default' : 'unset') : env[name] ? 'environment' : 'file';
      return {
        name,
        table,
        value: secret && set !== undefined ? MASK : value,
        secret,
        from,
        otherwise,
        doc: about.doc,
      };
    }),
  );
