import type { FoundationType, ServerHalf } from '#platform';
import type { Host, HostFunction, HostModule } from '#tscript';
import type { Foundation } from '#building';

/** What the script of a job on a foundation can reach: the foundation, and the modules of the platforms. */
export function foundationHost(
  platforms: readonly ServerHalf[],
  types: readonly FoundationType[],
  target: { readonly locator: string; readonly is: Foundation },
): Host {
  const { locator, is } = target;
  const read = (value: unknown) => ({ get: () => value });
  const foundation: HostModule = {
    members: {
      locator: read(locator),
      id: read(locator),
      type: read(is.type),
      site: read(is.site),
      blueprint: read(is.blueprint),
      ...Object.fromEntries(Object.entries(is.own).map(([name, value]) => [name, read(value)])),
    },
    functions: types.find(({ type }) => type === is.type)?.functions ?? {},
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
