import { whyNot } from '#api';
import { defineFoundation, defineInterfaces, foundation, foundations } from '#building';
import type { Fault, Json, JsonMap, UnitOfWork } from '#kernel';
import { Refusal } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import type { Ids, View } from '#read-store';
import type { Secrets } from '#secrets';
import { linkNames } from '../cartographer/evidence.ts';
import { putPosition } from '../position/put-position.ts';
import { checkIntake, MAX_LOCATOR, ownValues } from './check-intake.ts';
import type { Intake } from './intake-rule.ts';
import type { UnknownMachine } from './placeholders.ts';
import { asName, fill, NUMBER } from './placeholders.ts';

/** What a machine becomes. */
export interface TakenIn {
  readonly locator: string;
  readonly foundation_type: string;
  readonly blueprint: string;
  readonly site: string;
  readonly plot: string | null;
  readonly interfaces: readonly { readonly name: string; readonly mac: string | null }[];
}

/** What taking in works with. */
export interface IntakeParts {
  readonly platforms: readonly ServerHalf[];
  readonly view: View;
  readonly ids: Pick<Ids, 'next'>;
  readonly secrets: Secrets;
  /** The request that what is sealed belongs to. */
  readonly request: string;
}

/** How many numbers are tried for a locator at once, and in all. */
const NUMBERS_AT_ONCE = 100;
const MAX_NUMBER = 10_000;
/** How many interfaces a machine is taken in with. */
const MAX_INTERFACES = 64;

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (map: JsonMap, key: string): string | null => {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
};

/** The interfaces that a machine reports, as `createFoundation` of a complex takes them. */
export function interfacesIn(infoMap: JsonMap, network: number | null): readonly JsonMap[] {
  const reported = Object.hasOwn(infoMap, 'network') ? infoMap['network'] : undefined;
  if (network === null || !isMap(reported)) return [];
  const seen = Object.hasOwn(infoMap, 'lldp') && isMap(infoMap['lldp']) ? infoMap['lldp'] : {};
  const told = Object.entries(reported).slice(0, MAX_INTERFACES);
  const first = Math.max(
    0,
    told.findIndex(([, one]) => isMap(one) && one['primary'] === true),
  );
  return told.map(([name, one], n) => {
    const of = isMap(one) ? one : {};
    const neighbour = isMap(of['lldp']) ? of['lldp'] : Object.hasOwn(seen, name) ? seen[name] : undefined;
    const links = isMap(neighbour) ? linkNames(neighbour) : [];
    const link = links.find(([by]) => by === 'name') ?? links[0];
    return {
      name,
      physical_location: name,
      mac: textIn(of, 'mac'),
      link_name: link?.[1] ?? null,
      network_id: network,
      is_provisioning: n === first,
    };
  });
}

/** What the foundation of a machine is called; undefined where it cannot be told, which is then a fault. */
async function locatorOf(
  work: UnitOfWork,
  machine: UnknownMachine,
  { locator: pattern }: Intake,
  view: View,
): Promise<string | undefined> {
  const { text, missing } = fill(pattern, machine);
  if (missing.length > 0) {
    work.fault('locator', 'UNKNOWN', `the machine reports nothing for {${missing.join('}, {')}}`);
    return undefined;
  }
  const name = asName(text);
  if (name.length > MAX_LOCATOR) {
    work.fault('locator', 'TOO_LONG', `"${name}" is longer than ${MAX_LOCATOR} characters`);
    return undefined;
  }
  if (!name.includes(`{${NUMBER}}`)) return name;
  for (let from = 1; from <= MAX_NUMBER; from += NUMBERS_AT_ONCE) {
    const some = Array.from({ length: NUMBERS_AT_ONCE }, (_, n) => name.replace(`{${NUMBER}}`, String(from + n)));
    const there = await view.many(foundations, some);
    for (const one of some) {
      // The rows may be behind; whether it is free is told by its stream.
      if (!there.has(one) && ['absent', 'deleted'].includes((await work.load(foundation, one)).stage)) return one;
    }
  }
  work.fault('locator', 'NONE_FREE', `all of "${pattern}" up to ${MAX_NUMBER} are there`);
  return undefined;
}

/** The fields of the platform with what the machine reports in the place of placeholders. */
function filledValues(work: UnitOfWork, machine: UnknownMachine, type: FoundationType, intake: Intake): JsonMap {
  return Object.fromEntries(
    Object.entries(ownValues(type, intake)).map(([name, value]) => {
      if (typeof value !== 'string') return [name, value];
      const { text, missing } = fill(value, machine);
      const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
      const fault = missing.length > 0 ? `the machine reports no ${missing.join(', ')}` : field && whyNot(field, text);
      if (fault !== undefined) work.fault('values', 'INVALID_VALUE', `${name}: ${fault}`, name);
      return [name, text];
    }),
  );
}

/**
 * Makes the foundation that an unknown machine is, with its interfaces and where it stands; what is wrong is noted.
 * @returns undefined where something is
 */
export async function takeIn(
  work: UnitOfWork,
  machine: UnknownMachine,
  intake: Intake,
  { platforms, view, ids, secrets, request }: IntakeParts,
): Promise<TakenIn | undefined> {
  const type = await checkIntake(work, intake, platforms);
  const locator = type && (await locatorOf(work, machine, intake, view));
  if (!type || locator === undefined) return undefined;
  const { blueprint, site, plot, network } = intake;
  const own = filledValues(work, machine, type, intake);
  const value = { type: type.type, site, blueprint, idMap: null, own };
  const its = await defineFoundation(work, locator, value, { secrets, request });
  if (!its) return undefined;
  const interfaces = interfacesIn(machine.infoMap, network);
  await defineInterfaces(work, ids, interfaces, { foundation: locator, names: [], sites: undefined });
  if (plot !== null) {
    await putPosition(work, locator, { plot, rack: null, unit: null, height: 1, x: null, y: null });
  }
  return {
    locator,
    foundation_type: type.type,
    blueprint,
    site,
    plot,
    interfaces: interfaces.map((one) => ({ name: textIn(one, 'name') ?? '', mac: textIn(one, 'mac') })),
  };
}

/** Does a part of the work on a fork; what is wrong with it is told, and then the fork is nothing. */
export async function tried<T>(
  work: UnitOfWork,
  part: (fork: UnitOfWork) => Promise<T | undefined>,
): Promise<{ readonly done: T } | { readonly faults: readonly Fault[] }> {
  const fork = work.fork();
  let done: T | undefined;
  let thrown: readonly Fault[] = [];
  const noted = await fork.faultsOf(async () => {
    try {
      done = await part(fork);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      thrown = error.faults;
    }
  });
  const faults = [...noted, ...thrown];
  if (done === undefined || faults.length > 0) return { faults };
  work.absorb(fork);
  return { done };
}
