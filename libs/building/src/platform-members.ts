import type { Served } from '#config';
import { LIMITS, merging, overlay, servedLayer } from '#config';
import type { Json, JsonMap } from '#kernel';
import { atOnce, MASK, writeJson } from '#kernel';
import type { ComplexType, FoundationType } from '#platform';
import type { View } from '#read-store';
import type { CallContext, HostMember, HostModule } from '#tscript';
import { ExecutionError } from '#tscript';
import type { Attached } from './attributes/attached.ts';
import { attachedStructure } from './attributes/attached.ts';
import { primaryAddress, textOf } from './attributes/interface-attributes.ts';
import type { BuildingLayers, FindType } from './building-layers.ts';
import { foundationLayers, structureLayers } from './building-layers.ts';
import type { ComplexRow } from './complex/complexes.ts';
import { complexes } from './complex/complexes.ts';
import type { FoundationResources } from './foundation-resources.ts';
import type { Foundation } from './foundation.ts';
import { settableField } from './own-value-effect.ts';
import { structures } from './structure/structures.ts';

/** What is known of platforms and of the server, for what scripts read of foundations. */
export interface PlatformKnowledge {
  readonly complexTypes: readonly ComplexType[];
  /** What configurations say of the server; they do not say it where it is not known. */
  readonly served?: Served;
  /** What other modules keep for foundations. */
  readonly resources?: FoundationResources;
}

/** A foundation, and what stands on it. */
export interface Standing {
  readonly locator: string;
  readonly value: Readonly<Foundation> & { readonly structure?: number | undefined };
  /** Whether scripts may set what the platform knows the machine by. */
  readonly settable: boolean;
}

/**
 * What the platform of a foundation has scripts read of it besides its fields: how it is reached, values that are worked out,
 * and, to be set in its own jobs, what the machine is known by.
 */
export async function platformMembers(
  view: View,
  { locator, value, settable }: Standing,
  findType: FindType,
  known: PlatformKnowledge,
): Promise<NonNullable<HostModule['members']>> {
  const type = findType(value.type);
  if (!type) return {};
  const connection = await connectionMember(view, value, type, known);
  const config = type.values ? await structureValues(view, value.structure, findType, known) : undefined;
  const { machineId, values = {} } = type;
  const field = machineId === undefined ? undefined : type.fields[machineId];
  return {
    ...(connection ? { connection } : {}),
    ...Object.fromEntries(
      Object.entries(values).map(([name, workOut]): [string, HostMember] => [
        name,
        { get: (context) => workOut({ locator, own: value.own, structureValue: (key) => config?.(key, context) }) },
      ]),
    ),
    ...(settable && field && machineId !== undefined
      ? { [machineId]: settableField(machineId, field, value.own[machineId] ?? null) }
      : {}),
  };
}

/** How a foundation is reached, as its platform says it of its own fields or of its complex; undefined where it is not. */
async function connectionMember(
  view: View,
  { own, complex: name }: Standing['value'],
  type: FoundationType,
  { complexTypes }: PlatformKnowledge,
): Promise<HostMember | undefined> {
  const { connection } = type;
  if (connection) return { get: () => connection(own) };
  const carrier = type.complexField === undefined || name == null ? undefined : await view.get(complexes, name);
  const reach = carrier && name != null && (await reachOfComplex(view, name, carrier, complexTypes));
  if (!reach) return undefined;
  return {
    get(): JsonMap {
      if ('fault' in reach) throw new ExecutionError(reach.fault);
      return reach.connection;
    },
  };
}

/** How what a complex carries is reached, or why it is not. */
export type Reach = { readonly connection: JsonMap } | { readonly fault: string };

/** How what a complex carries is reached, by its own fields and its host; undefined: its platform does not say. */
export async function reachOfComplex(
  view: View,
  name: string,
  { type, host: named, members, own }: ComplexRow,
  complexTypes: readonly ComplexType[],
): Promise<Reach | undefined> {
  const connection = complexTypes.find((one) => one.type === type)?.connection;
  if (!connection) return undefined;
  const host = named?.structure ?? members[0]?.structure;
  if (host === undefined) return { fault: `complex "${name}" has no member: by that it is reached` };
  const address = await primaryAddressOf(view, host);
  if (address === undefined) return { fault: `structure ${host}, the host of complex "${name}", is gone` };
  if (address.text !== null) return { connection: connection(own, address.text) };
  return { fault: `structure "${address.hostname}", the host of complex "${name}", has no primary address` };
}

/** The primary address of a structure; undefined where that is gone. */
async function primaryAddressOf(view: View, id: number) {
  const row = await view.get(structures, id);
  if (!row) return undefined;
  const address = primaryAddress(await attachedStructure(view, id, row.foundation));
  return { hostname: row.hostname, text: address ? textOf(address) : null };
}

/** Reads a value of the configuration of a structure, rendered; it is rendered when the first is read. */
async function structureValues(
  view: View,
  structure: number | undefined,
  findType: FindType,
  { served }: PlatformKnowledge,
): Promise<(key: string, context: CallContext) => Json | undefined> {
  const layers = structure === undefined ? undefined : await structureLayers(view, structure, findType);
  const read = layers && reading(layers, served);
  return (key, { now }) => {
    if (!read) {
      throw new ExecutionError(
        'no structure stands on the foundation: its configuration says what the machine is to be',
      );
    }
    return read(key, now);
  };
}

/** Reads values of the configuration of a foundation, rendered; a secret is a reference. @throws Error for what is none */
export async function renderedFoundation(
  view: View,
  locator: string,
  findType: FindType,
  served: Served,
): Promise<(key: string) => Json | undefined> {
  const layers = await foundationLayers(view, locator, findType);
  const read = layers && reading(layers, served);
  return (key) => read?.(key, Date.now());
}

/** Reads values of a configuration, which is rendered when the first is read. @throws ExecutionError where one can not be */
function reading(layers: BuildingLayers, served: Served | undefined): (key: string, now: number) => Json | undefined {
  let rendered: ReturnType<typeof render> | undefined;
  return (key, now) => {
    const { values, faults } = (rendered ??= render(layers, served, now));
    const fault = faults.find(({ key: at }) => at === key || at.startsWith(`${key}.`));
    if (fault) throw new ExecutionError(`configuration value "${fault.key}": ${fault.message}`);
    const value = values.get(key);
    if (value !== undefined && writeJson(value).includes(MASK)) {
      throw new ExecutionError(`configuration value "${key}" has a secret in a longer text, which can not be sent`);
    }
    return value;
  };
}

function render({ layers, classes, changed }: BuildingLayers, served: Served | undefined, now: number) {
  const moment = new Date(now).toISOString();
  const { values, secretNames } = overlay(
    served ? [...layers, servedLayer(served, { now: moment, changed })] : layers,
    classes,
  );
  return atOnce(merging(values, LIMITS, secretNames));
}

/** What a foundation is attached to, with the addresses of the structure on it where its platform looks at that. */
export const withAddresses = async (
  view: View,
  { locator, value: { structure } }: Standing,
  type: FoundationType | undefined,
  attached: Attached,
): Promise<Attached> =>
  type?.values && structure !== undefined ? attachedStructure(view, structure, locator) : attached;
