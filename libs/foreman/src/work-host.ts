import type { FoundationType, ServerHalf } from '#platform';
import type { Host, HostFunction, HostModule } from '#tscript';
import type { Foundation } from '#building';

/** What the script of a job on a foundation can reach: the foundation, and the modules of the platforms. */
export function foundationHost(
  platforms: readonly ServerHalf[],
  types: readonly FoundationType[],
  target: { readonly locator: string; readonly value: Foundation },
): Host {
  const { locator, value } = target;
  const read = (value: unknown) => ({ get: () => value });
  const foundation: HostModule = {
    members: {
      locator: read(locator),
      id: read(locator),
      type: read(value.type),
      site: read(value.site),
      blueprint: read(value.blueprint),
      ...Object.fromEntries(Object.entries(value.own).map(([name, value]) => [name, read(value)])),
    },
    functions: types.find(({ type }) => type === value.type)?.functions ?? {},
  };
  const modules = new Map<string, HostModule>([
    ['foundation', foundation],
    ...platforms.map(({ name, functions }): [string, { functions: Record<string, HostFunction> }] => [
      name,
      { functions },
    ]),
  ]);
  return { module: (name) => (name === null ? undefined : modules.get(name)) };
}
