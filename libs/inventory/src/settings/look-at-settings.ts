import type { FoundationRow } from '#building';
import { foundations, renderedFoundation, withBmcAddress } from '#building';
import type { Served } from '#config';
import type { Foreman } from '#foreman';
import type { Json, JsonMap } from '#kernel';
import type { FoundationType, ServerHalf, SettingDifference } from '#platform';
import { isMap, SETTINGS_MS, SETTINGS_TASK, settingDifferences } from '#platform';
import type { View } from '#read-store';

/** What looking works with. */
export interface SettingsContext {
  readonly foreman: Pick<Foreman, 'ask'>;
  readonly platforms: readonly ServerHalf[];
  readonly served: Served;
}

/** A kind of foundation whose machines have settings that blueprints declare. */
interface SettingsKind {
  /** Name of the agent module that compares them. */
  readonly module: string;
  readonly type: FoundationType & { readonly settings: NonNullable<FoundationType['settings']> };
}

/** The kind of a foundation, where its machine has settings that blueprints declare. */
export function settingsKind(platforms: readonly ServerHalf[], name: string): SettingsKind | undefined {
  for (const { name: module, foundationTypes } of platforms) {
    const type = foundationTypes.find((one) => one.type === name);
    if (type?.settings) return { module, type: { ...type, settings: type.settings } };
  }
  return undefined;
}

/** What is declared of the settings of a machine, by the parameters of the task that compares them. @throws Error */
async function declaredFor(
  view: View,
  {
    locator,
    row,
    type,
  }: { readonly locator: string; readonly row: FoundationRow; readonly type: SettingsKind['type'] },
  { platforms, served }: SettingsContext,
): Promise<JsonMap> {
  const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
  const findType = (name: string) => types.find((one) => one.type === name);
  const read = await renderedFoundation(view, locator, findType, served);
  const declared = Object.entries(type.settings).map(([parameter, key]): [string, Json] => {
    const value = read(key) ?? {};
    if (!isMap(value)) throw new Error(`configuration value "${key}" of blueprint "${row.blueprint}" must be a map`);
    return [parameter, value];
  });
  return Object.fromEntries(declared);
}

/**
 * Compares the settings of a machine with those that its configuration declares, by one question to an agent.
 * @param signal aborts when nobody waits any more
 * @throws Error where it cannot be asked, or does not answer as it has to
 */
export async function lookAtSettings(
  view: View,
  locator: string,
  context: SettingsContext,
  signal: AbortSignal,
): Promise<{ readonly declared: boolean; readonly differences: readonly SettingDifference[] }> {
  const row = await view.get(foundations, locator);
  if (!row) throw new Error(`there is no foundation "${locator}"`);
  const kind = settingsKind(context.platforms, row.type);
  const connection = kind?.type.connection?.((await withBmcAddress(view, row, kind.type)).own);
  if (!kind || !connection) throw new Error(`machines of the type "${row.type}" have no settings to compare`);
  const declared = await declaredFor(view, { locator, row, type: kind.type }, context);
  if (Object.values(declared).every((value) => isMap(value) && Object.keys(value).length === 0)) {
    return { declared: false, differences: [] };
  }
  const answer = await context.foreman.ask({
    site: row.site,
    module: kind.module,
    function: SETTINGS_TASK,
    parameters: { connection, ...declared },
    timeoutMs: SETTINGS_MS,
    signal,
  });
  return { declared: true, differences: settingDifferences(answer) };
}
