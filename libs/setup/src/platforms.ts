import type { ShippedFile } from '#blueprint';
import { blueprints, pxes, readResourceFile, scripts, ShippedResources } from '#blueprint';
import { complexes, foundations } from '#building';
import type { ServerHalf } from '#platform';
import type { ReadModel, View } from '#read-store';

/** Something that a platform's resource file defines. */
interface PlatformResource {
  readonly kind: 'script' | 'foundation' | 'structure' | 'pxe';
  readonly name: string;
  readonly loaded: boolean;
}

/** A platform, as operators see it. A type, so that it is JSON. */
export type PlatformState = {
  readonly name: string;
  /** Whether everything of its resource file is there, and of those it needs; a platform without one needs nothing. */
  readonly enabled: boolean;
  readonly foundation_types: readonly string[];
  readonly complex_types: readonly string[];
  /** What its resource file defines. */
  readonly resources: readonly PlatformResource[];
  /** How many foundations and complexes of its types there are. */
  readonly foundations: number;
  readonly complexes: number;
};

const ROWS: Readonly<Record<PlatformResource['kind'], ReadModel>> = {
  script: scripts,
  foundation: blueprints,
  structure: blueprints,
  pxe: pxes,
};

/** The platforms this server has. */
export class PlatformList {
  readonly #halves: readonly ServerHalf[];
  readonly #shipped: ShippedResources;

  constructor(halves: readonly ServerHalf[], shipped?: readonly URL[]) {
    this.#halves = halves;
    this.#shipped = new ShippedResources(shipped);
  }

  half(name: string): ServerHalf | undefined {
    return this.#halves.find((one) => one.name === name);
  }

  /** The resource file of a platform; undefined where it has none. */
  resources(name: string): Promise<ShippedFile | undefined> {
    return this.#shipped.get(name);
  }

  /** All of them, as they are in a view. */
  states(view: View): Promise<readonly PlatformState[]> {
    return Promise.all(this.#halves.map((half) => this.#state(view, half)));
  }

  async #state(
    view: View,
    { name, foundationTypes, complexTypes = [], needs = [] }: ServerHalf,
  ): Promise<PlatformState> {
    const [resources, needed] = await Promise.all([this.#defined(view, [name]), this.#defined(view, needs)]);
    const count = async (rows: ReadModel, types: readonly string[]): Promise<number> =>
      types.length === 0 ? 0 : (await view.keys(rows, { where: { type: { any: types } }, count: 1 })).total;
    const kinds = foundationTypes.map(({ type }) => type);
    const complexKinds = complexTypes.map(({ type }) => type);
    return {
      name,
      enabled: [...resources, ...needed].every(({ loaded }) => loaded),
      foundation_types: kinds,
      complex_types: complexKinds,
      resources,
      foundations: await count(foundations, kinds),
      complexes: await count(complexes, complexKinds),
    };
  }

  /** What resource files define, and what of it is in a view. */
  async #defined(view: View, names: readonly string[]): Promise<readonly PlatformResource[]> {
    const files = await Promise.all(names.map((one) => this.resources(one)));
    const definitions = files.flatMap((one) => (one ? readResourceFile(one.file, one.text).definitions : []));
    return Promise.all(
      definitions.map(async ({ kind, name }) => ({
        kind,
        name,
        loaded: (await view.get(ROWS[kind], name)) !== undefined,
      })),
    );
  }
}
