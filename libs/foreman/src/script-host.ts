import { floatOf } from '#kernel';
import type { ServerHalf } from '#platform';
import type { Host, HostModule } from '#tscript';

/** What the script of a job can reach: the modules of its target, and those of the platforms. */
export function scriptHost(target: Readonly<Record<string, HostModule>>, platforms: readonly ServerHalf[]): Host {
  const modules = new Map<string, HostModule>([
    ...platforms.map(({ name, functions }): [string, HostModule] => [name, { functions }]),
    ...Object.entries(target),
  ]);
  return { module: (name) => modules.get(name), float: floatOf };
}
