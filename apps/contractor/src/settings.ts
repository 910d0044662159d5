import { authSettings } from '#auth';
import { configSettings } from '#config';
import { eventStoreSettings } from '#event-store';
import { foremanSettings } from '#foreman';
import type { AllSettings, Environment } from '#runtime/settings';
import { httpSettings, readSettings, runtimeSettings, settingNames, withSettingsFile } from '#runtime/settings';
import { secretsSettings } from '#secrets';
import { wireSettings } from '#wire';

/** The settings of the server, module by module, in the order of the documentation. */
export const settingsTables = {
  http: httpSettings,
  config: configSettings,
  runtime: runtimeSettings,
  auth: authSettings,
  secrets: secretsSettings,
  eventStore: eventStoreSettings,
  wire: wireSettings,
  foreman: foremanSettings,
};

/** How the server is set up. */
export type Settings = AllSettings<typeof settingsTables>;

/** Reads them from the environment on top of the settings file. @throws BadSettings naming each that cannot be used */
export const serverSettings = (env: Environment): Settings =>
  readSettings(settingsTables, withSettingsFile(env, settingNames(settingsTables)));
