import { ConfigModule, registerAs } from '@nestjs/config';
import type { DynamicModule } from '@nestjs/common';
import type { Environment, SettingsTable } from './define-settings.ts';
import type { AllSettings, SettingsTables } from './read-settings.ts';

/**
 * A table as Nest's configuration takes it: `ConfigModule.forFeature(configFactory(authSettings, env))`, injected by
 * `@Inject(authSettings.KEY)`.
 */
export const configFactory = <T extends object>(table: SettingsTable<T>, env: Environment) =>
  registerAs(table.name, () => table.read(env));

/**
 * The module that makes every table injectable everywhere by its KEY. The values were read before, so that every bad
 * setting is told at once and before anything is opened; nothing is taken from the environment of the process.
 */
export const settingsModule = <T extends SettingsTables>(tables: T, values: AllSettings<T>): Promise<DynamicModule> =>
  ConfigModule.forRoot({
    isGlobal: true,
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    skipProcessEnv: true,
    load: Object.entries(tables).map(([key, { name }]) => registerAs(name, () => values[key] as object)),
  });
