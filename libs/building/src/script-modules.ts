import type { Foundation } from './foundation.ts';
import type { FoundationType } from '#platform';
import { overlay } from '#config';
import type { HostModule } from '#tscript';
import type { BuildingLayers } from './building-layers.ts';

/** Values that scripts can read. */
export const readOnly = (values: Readonly<Record<string, unknown>>): NonNullable<HostModule['members']> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { get: () => value }]));

/** The script module `foundation`: what is known of it, and what its platform can do with it. */
export const foundationModule = (
  locator: string,
  { type, site, blueprint, own }: Readonly<Foundation>,
  declared: FoundationType | undefined,
): HostModule => ({
  members: readOnly({ locator, id: locator, type, site, blueprint, ...own }),
  functions: declared?.functions ?? {},
});

/** The script module `config`: the configuration with nothing in it rendered. */
export const configModule = (found: BuildingLayers | undefined): HostModule => ({
  members: readOnly(found ? Object.fromEntries(overlay(found.layers, found.classes).values) : {}),
});
