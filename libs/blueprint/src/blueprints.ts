import type { ConfigSchema, Origin, Written } from '#config';
import { written } from '#config';
import type { JsonMap } from '#kernel';
import { pairsOf } from '#kernel';
import type { ReadModel, Recorded, View } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { BluePrint, BluePrintChanges, LinkedFoundations, Slot } from './blueprint.ts';

/** A blueprint as it is shown, with the events its configuration values came with. */
export interface BluePrintRow extends Written {
  readonly kind: BluePrint['kind'];
  readonly description: string;
  readonly parents: readonly string[];
  /** What is declared of configurations, and the event each declaration came with. */
  readonly configSchema?: ConfigSchema;
  readonly schemaOrigins?: Readonly<Record<string, Origin>>;
  /** Of foundations. */
  readonly foundationTypes?: readonly string[];
  readonly validationTemplate?: JsonMap;
  readonly physicalInterfaceNames?: readonly string[];
  /** Of structures. */
  readonly foundationBluePrints?: readonly string[];
  /** Foundation blueprint → the resource file that made the link to it. */
  readonly linkedBy?: Readonly<Record<string, string>>;
  /** Slot → script. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly created: string;
  readonly updated: string;
}

const changed = change<BluePrintRow, BluePrintChanges>((row, { data, at }) => ({ ...row, ...data, updated: at }));
const originOf = ({ position, actor, at }: Recorded): Origin => ({ position: String(position), actor, at });

/** A schema as it is chosen: declarations that are as they were keep the event they came with. */
function schemaOf(before: BluePrintRow | undefined, configSchema: ConfigSchema, origin: Origin) {
  const pairs = (schema: ConfigSchema = {}) => pairsOf(schema as unknown as JsonMap);
  const known = before && { configValues: pairs(before.configSchema), origins: before.schemaOrigins ?? {} };
  return { configSchema, schemaOrigins: written(known, pairs(configSchema), origin).origins };
}

/** What a blueprint holds for its decisions, and its rows show otherwise. */
export const HIDDEN_OF_BLUEPRINTS = ['slots', 'linkedBy'];

const withoutKeys = (map: Readonly<Record<string, string>> = {}, gone: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !gone(key)));

/** Blueprints of both kinds by name. */
export const blueprints: ReadModel<BluePrintRow> = {
  name: 'blueprints',
  version: 3,
  key: 'text',
  history: true,
  indexes: { kind: ({ kind }) => kind },
  tags: { parent: ({ parents }) => parents },
  on: {
    BluePrintDefined: rule<BluePrintRow, BluePrint>((_, event) => ({
      ...event.data,
      ...written(undefined, event.data.configValues, originOf(event)),
      ...(event.data.configSchema ? schemaOf(undefined, event.data.configSchema, originOf(event)) : {}),
      scripts: {},
      created: event.at,
      updated: event.at,
    })),
    BluePrintDescribed: changed,
    BluePrintConfigured: change<BluePrintRow, Pick<BluePrint, 'configValues'>>((row, event) => ({
      ...row,
      ...written(row, event.data.configValues, originOf(event)),
      updated: event.at,
    })),
    ConfigSchemaChosen: change<BluePrintRow, { configSchema: ConfigSchema }>((row, event) => ({
      ...row,
      ...schemaOf(row, event.data.configSchema, originOf(event)),
      updated: event.at,
    })),
    BluePrintParentsChosen: changed,
    FoundationTypesChosen: changed,
    ValidationTemplateChosen: changed,
    PhysicalInterfacesNamed: changed,
    FoundationBluePrintsAllowed: change<BluePrintRow, { foundationBluePrints: readonly string[] }>(
      (row, { data: { foundationBluePrints }, at }) => ({
        ...row,
        foundationBluePrints,
        linkedBy: withoutKeys(row.linkedBy, (one) => !foundationBluePrints.includes(one)),
        updated: at,
      }),
    ),
    FoundationBluePrintsLinked: change<BluePrintRow, LinkedFoundations>((row, { data, at }) => ({
      ...row,
      foundationBluePrints: [...(row.foundationBluePrints ?? []), ...data.foundationBluePrints],
      linkedBy: {
        ...row.linkedBy,
        ...Object.fromEntries(data.foundationBluePrints.map((one) => [one, data.source] as const)),
      },
      updated: at,
    })),
    FoundationBluePrintsUnlinked: change<BluePrintRow, LinkedFoundations>((row, { data, at }) => ({
      ...row,
      foundationBluePrints: (row.foundationBluePrints ?? []).filter((one) => !data.foundationBluePrints.includes(one)),
      linkedBy: withoutKeys(row.linkedBy, (one) => data.foundationBluePrints.includes(one)),
      updated: at,
    })),
    SlotFilled: change<BluePrintRow, Slot & { slot: string }>((row, { data: { slot, script } }) => ({
      ...row,
      scripts: { ...row.scripts, [slot]: script },
    })),
    SlotEmptied: change<BluePrintRow, { slot: string }>((row, { data: { slot } }) => ({
      ...row,
      scripts: Object.fromEntries(Object.entries(row.scripts).filter(([name]) => name !== slot)),
    })),
    BluePrintDeleted: gone(),
    BluePrintRestored: restoredRow(HIDDEN_OF_BLUEPRINTS),
  },
};

/** A blueprint and all that come from it, each once; as many as `most` and one more, where there are more than those. */
export async function blueprintsFrom(view: View, name: string, most: number): Promise<readonly string[]> {
  const found = new Set([name]);
  for (const one of found) {
    if (found.size > most) break;
    for (const key of (await view.keys(blueprints, { where: { parent: one } })).keys) found.add(String(key));
  }
  return [...found].slice(0, most + 1);
}
