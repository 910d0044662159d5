import { authSettings, openIdSettings } from '#auth';
import { bootSettings } from '#boot';
import { configSettings } from '#config';
import { bindSettings, dnsSettings } from '#dns';
import { eventStoreSettings } from '#event-store';
import { foremanSettings } from '#foreman';
import { inventorySettings } from '#inventory';
import { httpSettings } from '#http';
import { imagesSettings } from '#images';
import { integritySettings } from '#integrity';
import { previewSettings } from '#preview';
import { postOfficeSettings } from '#post-office';
import type { AllSettings, Environment, SettingInForce } from '#runtime/settings';
import {
  nearestSetting,
  readSettings,
  runtimeSettings,
  settingNames,
  SETTINGS_FILE,
  settingsInForce,
  tracingSettings,
  withSettingsFile,
} from '#runtime/settings';
import { secretsSettings } from '#secrets';
import { wireSettings } from '#wire';

/** The settings of the server, module by module, in the order of the documentation. */
export const settingsTables = {
  http: httpSettings,
  config: configSettings,
  runtime: runtimeSettings,
  auth: authSettings,
  openId: openIdSettings,
  secrets: secretsSettings,
  eventStore: eventStoreSettings,
  integrity: integritySettings,
  wire: wireSettings,
  foreman: foremanSettings,
  inventory: inventorySettings,
  preview: previewSettings,
  dns: dnsSettings,
  bind: bindSettings,
  postOffice: postOfficeSettings,
  boot: bootSettings,
  images: imagesSettings,
  tracing: tracingSettings,
};

/** How the server is set up. */
export type Settings = AllSettings<typeof settingsTables> & {
  /** The same one by one, as they were written, with where each comes from. */
  readonly inForce: readonly SettingInForce[];
};

/** Whether a setting is one of subcontractors, whose settings may stand in the same file. */
const isOfSubcontractors = (name: string): boolean => name.startsWith('SUBCONTRACTOR_');

/** Reads them from the environment on top of the settings file. @throws BadSettings naming each that cannot be used */
export function serverSettings(env: Environment): Settings {
  const whole = withSettingsFile(env, settingNames(settingsTables), isOfSubcontractors);
  return { ...readSettings(settingsTables, whole), inForce: settingsInForce(settingsTables, env, whole) };
}

/** Variables that are no settings, and look like a slip of the pen for one. */
export function misspelt(env: Environment): readonly { readonly name: string; readonly meant: string }[] {
  const known = [...settingNames(settingsTables), SETTINGS_FILE];
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || !/^(CONTRACTOR|NATS|DATABASE|KURRENTDB|EVENT|BIND)/i.test(name)) return [];
    const meant = nearestSetting(name, known);
    return meant === undefined ? [] : [{ name, meant }];
  });
}
