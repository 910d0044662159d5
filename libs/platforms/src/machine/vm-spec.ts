import type { Json, JsonMap } from '#kernel';
import type { KnownFoundation } from '#platform';

/** What a machine is made of where the configuration of its structure does not say it: one CPU, MiB and GiB. */
const USUAL: JsonMap = { cpu_count: 1, memory_size: 1024, disk_size: 10 };

/** Values of the configuration of the structure, by name: those of them that are there. */
export const settingsOf = ({ structureValue }: KnownFoundation, names: readonly string[]): JsonMap =>
  Object.fromEntries(
    names.map((name) => [name, structureValue(name)] as const).filter(([, value]) => value !== undefined),
  ) as Readonly<Record<string, Json>>;

/** What a virtual machine is to be, of the configuration of the structure that stands on it. */
export const vmSpecOf = (known: KnownFoundation, settings: readonly string[] = []): JsonMap => ({
  ...USUAL,
  ...settingsOf(known, [...Object.keys(USUAL), ...settings]),
});

/** Settings of a specification that are texts, under the names an agent knows them by; those that are there. */
export const textSettings = <const N extends Readonly<Record<string, string>>>(
  spec: JsonMap,
  names: N,
): { readonly [K in keyof N]?: string } =>
  Object.fromEntries(
    Object.entries(names)
      .map(([name, key]) => [name, spec[key]] as const)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, String(value as string | number | boolean)]),
  ) as { readonly [K in keyof N]?: string };
