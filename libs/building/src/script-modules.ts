import type { Layer, Pairs } from '#config';
import { isSecretName, overlay } from '#config';
import type { Json, JsonMap } from '#kernel';
import type { FoundationType } from '#platform';
import type { HostModule } from '#tscript';
import { opaque, untagged } from '#tscript';
import type { Attached } from './attributes/attached.ts';
import { NOT_ATTACHED } from './attributes/attached.ts';
import { foundationInterfaceMembers } from './attributes/interface-members.ts';
import type { Foundation } from './foundation.ts';
import type { BuildingLayers } from './building-layers.ts';

/** Values that scripts can read. */
export const readOnly = (values: Readonly<Record<string, unknown>>): NonNullable<HostModule['members']> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { get: () => value }]));

/** A module whose members are made when a script first reads one of them: most passes read none. */
function lazyModule(
  members: () => NonNullable<HostModule['members']>,
  functions: NonNullable<HostModule['functions']> = {},
): HostModule {
  let made: HostModule['members'];
  return {
    get members() {
      return (made ??= members());
    },
    functions,
  };
}

/** How a foundation is reached. */
interface Reached {
  readonly attached: Attached;
  /** The address it is reached at on the network that it is installed over. */
  readonly provisioningIp: string | null;
}

/** The script module `foundation`: what is known of it and its interfaces, and what its platform can do with it. */
export const foundationModule = (
  locator: string,
  { type, site, blueprint, own }: Readonly<Foundation>,
  declared: FoundationType | undefined,
  { attached, provisioningIp }: Reached = { attached: NOT_ATTACHED, provisioningIp: null },
  ofPlatform: HostModule['members'] = {},
): HostModule =>
  lazyModule(
    () => ({
      ...readOnly({
        locator,
        id: locator,
        type,
        site,
        blueprint,
        ...foundationInterfaceMembers(attached),
        provisioning_ip: provisioningIp,
        // To be handed on and compared, not looked into.
        class: opaque('FoundationClass', type),
        foundation: opaque('Foundation', locator),
        ...plainFields(own),
      }),
      ...ofPlatform,
    }),
    declared?.functions,
  );

/** The script module `config`: the configuration with nothing in it rendered. */
export const configModule = (found: BuildingLayers | undefined): HostModule =>
  lazyModule(() => readOnly(found ? Object.fromEntries(valuesOf(found)) : {}));

/** The same of a structure whose script may change its own values meanwhile; which names there are stays as it was. */
export function changingConfigModule(found: BuildingLayers | undefined, own: () => Pairs): HostModule {
  if (!found) return configModule(found);
  let made: { readonly from: Pairs; readonly values: ReadonlyMap<string, unknown> } | undefined;
  const values = (): ReadonlyMap<string, unknown> => {
    const from = own();
    if (made?.from !== from) {
      const layers = found.layers.map((layer) =>
        layer.source.kind === 'Structure' ? { ...layer, values: from } : layer,
      );
      made = { from, values: new Map(valuesOf({ ...found, layers })) };
    }
    return made.values;
  };
  return lazyModule(() =>
    Object.fromEntries([...values().keys()].map((name) => [name, { get: () => values().get(name) ?? null }])),
  );
}

const valuesOf = ({ layers, classes }: Pick<BuildingLayers, 'layers' | 'classes'>) =>
  overlay(plainAttributes(layers), classes).values;

/** Layers in which what is known of an object itself, which machines may have said, refers to no secret. */
const plainAttributes = (layers: readonly Layer[]): readonly Layer[] =>
  layers.map((layer) =>
    layer.attributes ? { ...layer, attributes: Object.entries(plain(Object.fromEntries(layer.attributes))) } : layer,
  );

/** Fields of a platform: what stands under the name of a secret refers to one, all else is data. */
const plainFields = (own: JsonMap): JsonMap => ({
  ...plain(own),
  ...Object.fromEntries(Object.entries(own).filter(([name]) => isSecretName(name))),
});

/** Values that are data to a script, whatever they look like. */
const plain = (values: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, untagged(value) as Json]));
