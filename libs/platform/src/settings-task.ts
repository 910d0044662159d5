import type { JsonMap } from '#kernel';
import type { Fields, ServerValues } from './shape.ts';
import { choice, faultOf, json, list, record, taken, text } from './shape.ts';

/** The name of the task that every platform has whose machines have settings that blueprints declare. */
export const SETTINGS_TASK = 'settings';

/** How long looking at the settings of a machine may take, in milliseconds. */
export const SETTINGS_MS = 120_000;

/** A setting that is not as its blueprint declares it; `pending` is what waits for the next start, null where nothing does. */
export const settingDifference = record({
  kind: choice('bios', 'bmc', 'firmware'),
  name: text(),
  wanted: json(),
  found: json(),
  pending: json(),
});

const result = { difference_list: list(settingDifference) };

/** A setting of a machine that is not as its blueprint declares it. */
export type SettingDifference = ServerValues<typeof result>['difference_list'][number];

/**
 * The task that compares the settings of a machine with those that are declared, and changes nothing.
 * @param its how the machine is reached, and what is declared
 */
export const settingsTask = <const I extends Fields>(its: I) => ({
  repeat: 'safe' as const,
  maxMs: SETTINGS_MS,
  parameters: its,
  result,
});

/** What an agent has found to be otherwise. @throws Error where it is no such list */
export function settingDifferences(answer: JsonMap): readonly SettingDifference[] {
  const fault = faultOf(result, answer);
  if (fault !== undefined) throw new Error(`what the agent tells of the settings is not what it has to be: ${fault}`);
  return (taken(result, answer) as ServerValues<typeof result>).difference_list;
}
