import type { ConfigSchema, Pairs } from '#config';
import type {
  Decider,
  JsonMap,
  Lifecycle,
  LifecycleCommand,
  LifecycleEvent,
  Message,
  RestoreCommand,
  RestoredEvent,
} from '#kernel';
import { lifecycle, refuse, restoring, writeJson } from '#kernel';

/** What all blueprints have: what it is, configuration values, and scripts in named slots. */
interface Common {
  description: string;
  /** In the order they were written in. */
  configValues: Pairs;
  /** In the order in which they are applied and searched. */
  parents: readonly string[];
  /** What is declared of the keys of configurations it is part of; left out where nothing is. */
  configSchema?: ConfigSchema;
}

/** How a kind of foundation is described. */
export interface FoundationBluePrint extends Common {
  readonly kind: 'foundation';
  /** Types of foundations it is for (`Manual`, `VCenter`). */
  foundationTypes: readonly string[];
  /** Path in the id map of a machine → pattern it must match. */
  validationTemplate: JsonMap;
  physicalInterfaceNames: readonly string[];
}

/** How a kind of structure is described. */
export interface StructureBluePrint extends Common {
  readonly kind: 'structure';
  /** The foundation blueprints it can be put on, beside those of its parents. */
  foundationBluePrints: readonly string[];
}

/** A blueprint of either kind; both share one space of names. */
export type BluePrint = FoundationBluePrint | StructureBluePrint;

/** Which script of a slot, by the link that put it there. */
export interface Slot {
  readonly link: number;
  readonly script: string;
}

type State = BluePrint & {
  readonly slots: Map<string, Slot>;
  /** Foundation blueprint → the resource file that made the link to it; those that were made by hand are not in it. */
  readonly linkedBy: Map<string, string>;
};

/** A blueprint with its slots and links, as JSON. */
export type PlainBluePrint = BluePrint & {
  readonly slots: Readonly<Record<string, Slot>>;
  readonly linkedBy: Readonly<Record<string, string>>;
};

/** The links that a resource file wants a structure blueprint to have. */
export interface FileLinks {
  /** Name of the file. */
  readonly source: string;
  /** Links to foundation blueprints that are made where there are none. */
  readonly add: readonly string[];
  /** The only links of its own that are kept; undefined: all of them. */
  readonly keep?: readonly string[];
}

/** Links of a structure blueprint that a resource file has made, or taken back. */
export interface LinkedFoundations {
  readonly source: string;
  readonly foundationBluePrints: readonly string[];
}

/** What can change of a blueprint: the fields of its kind. */
export type BluePrintChanges = Partial<Omit<FoundationBluePrint, 'kind'> & Omit<StructureBluePrint, 'kind'>>;

export type BluePrintCommand =
  | Message<'DefineBluePrint', BluePrint>
  | Message<'ChangeBluePrint', BluePrintChanges>
  | Message<'LinkFoundationBluePrints', FileLinks>
  | Message<'FillSlot', Slot & { readonly slot: string }>
  | Message<'EmptySlot', { readonly slot: string; readonly link: number }>
  | LifecycleCommand<'BluePrint'>
  | RestoreCommand<'BluePrint', PlainBluePrint>;

export type BluePrintEvent =
  | Message<'BluePrintDefined', BluePrint>
  | Message<'BluePrintDescribed', { readonly description: string }>
  | Message<'BluePrintConfigured', { readonly configValues: Pairs }>
  | Message<'ConfigSchemaChosen', { readonly configSchema: ConfigSchema }>
  | Message<'BluePrintParentsChosen', { readonly parents: readonly string[] }>
  | Message<'FoundationTypesChosen', { readonly foundationTypes: readonly string[] }>
  | Message<'ValidationTemplateChosen', { readonly validationTemplate: JsonMap }>
  | Message<'PhysicalInterfacesNamed', { readonly physicalInterfaceNames: readonly string[] }>
  | Message<'FoundationBluePrintsAllowed', { readonly foundationBluePrints: readonly string[] }>
  | Message<'FoundationBluePrintsLinked', LinkedFoundations>
  | Message<'FoundationBluePrintsUnlinked', LinkedFoundations>
  | Message<'SlotFilled', Slot & { readonly slot: string }>
  | Message<'SlotEmptied', { readonly slot: string; readonly link: number }>
  | LifecycleEvent<'BluePrint'>
  | RestoredEvent<'BluePrint', PlainBluePrint>;

const rules = lifecycle('BluePrint');

/** A blueprint as the event that restores it has it. */
export const plainBluePrint = ({ slots, linkedBy, ...fields }: State): PlainBluePrint => ({
  ...fields,
  slots: Object.fromEntries(slots),
  linkedBy: Object.fromEntries(linkedBy),
});

const restores = restoring<State, PlainBluePrint>()('BluePrint', {
  plain: plainBluePrint,
  read: ({ slots, linkedBy, ...fields }) => ({
    ...fields,
    slots: new Map(Object.entries(slots)),
    linkedBy: new Map(Object.entries(linkedBy)),
  }),
});

/** The event that says that a field has changed, by field. */
const CHANGES = {
  description: 'BluePrintDescribed',
  configValues: 'BluePrintConfigured',
  configSchema: 'ConfigSchemaChosen',
  parents: 'BluePrintParentsChosen',
  foundationTypes: 'FoundationTypesChosen',
  validationTemplate: 'ValidationTemplateChosen',
  physicalInterfaceNames: 'PhysicalInterfacesNamed',
  foundationBluePrints: 'FoundationBluePrintsAllowed',
} as const;

const set = (data: BluePrintChanges, state: Lifecycle<State>): Lifecycle<State> =>
  state.stage === 'active' ? { ...state, value: { ...state.value, ...data } } : state;

const linkEvent = (
  type: 'FoundationBluePrintsLinked' | 'FoundationBluePrintsUnlinked',
  source: string,
  foundationBluePrints: readonly string[],
): BluePrintEvent[] => (foundationBluePrints.length === 0 ? [] : [{ type, data: { source, foundationBluePrints } }]);

/** What a blueprint of structures becomes when its links are others. */
function relinked(state: Lifecycle<State>, change: (linked: readonly string[]) => readonly string[]): Lifecycle<State> {
  if (!('value' in state) || state.value.kind !== 'structure') return state;
  return { ...state, value: { ...state.value, foundationBluePrints: change(state.value.foundationBluePrints) } };
}

export const blueprint: Decider<Lifecycle<State>, BluePrintCommand, BluePrintEvent> & { readonly noun: 'BluePrint' } = {
  noun: 'BluePrint',
  category: 'blueprint',
  creationCommands: ['DefineBluePrint'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineBluePrint: (data, state) =>
      state.stage === 'active' || state.stage === 'deleting'
        ? refuse('name', 'TAKEN', 'Blue print with this Name already exists.')
        : { type: 'BluePrintDefined', data },
    ChangeBluePrint: (changes, state) => {
      if (state.stage !== 'active') return refuse('', 'NOT_FOUND', 'BluePrint does not exist');
      return Object.entries(changes).flatMap(([field, value]): BluePrintEvent[] => {
        const name = field as keyof typeof CHANGES;
        const before = (state.value as BluePrintChanges)[name] ?? (name === 'configSchema' ? {} : undefined);
        if (value === undefined || writeJson(value) === writeJson(before)) return [];
        return [{ type: CHANGES[name], data: { [name]: value } } as unknown as BluePrintEvent];
      });
    },
    LinkFoundationBluePrints: ({ source, add, keep }, state) => {
      if (state.stage !== 'active' || state.value.kind !== 'structure') {
        return refuse('', 'NOT_FOUND', 'there is no such structure blueprint');
      }
      const { foundationBluePrints: linked, linkedBy } = state.value;
      const removed = keep ? linked.filter((one) => linkedBy.get(one) === source && !keep.includes(one)) : [];
      const added = [...new Set(add)].filter((one) => !linked.includes(one));
      return [
        ...linkEvent('FoundationBluePrintsUnlinked', source, removed),
        ...linkEvent('FoundationBluePrintsLinked', source, added),
      ];
    },
    FillSlot: ({ slot, link, script }, state) => {
      if (state.stage !== 'active') return refuse('blueprint', 'INVALID_VALUE', 'there is no such blueprint');
      const there = state.value.slots.get(slot);
      if (there && there.link !== link) {
        return refuse('__all__', 'TAKEN', 'Blue print script with this Blueprint and Name already exists.');
      }
      return there?.script === script ? [] : { type: 'SlotFilled', data: { slot, link, script } };
    },
    EmptySlot: ({ slot, link }, state) =>
      state.stage !== 'absent' && state.stage !== 'deleted' && state.value.slots.get(slot)?.link === link
        ? { type: 'SlotEmptied', data: { slot, link } }
        : [],
    ...rules.decide,
    ...restores.decide,
  },
  evolve: {
    BluePrintDefined: (data) => ({
      stage: 'active',
      value: { ...data, slots: new Map(), linkedBy: new Map() },
    }),
    BluePrintDescribed: set,
    BluePrintConfigured: set,
    ConfigSchemaChosen: set,
    BluePrintParentsChosen: set,
    FoundationTypesChosen: set,
    ValidationTemplateChosen: set,
    PhysicalInterfacesNamed: set,
    FoundationBluePrintsAllowed: (data, state) => {
      if ('value' in state) {
        const { linkedBy } = state.value;
        for (const one of linkedBy.keys()) if (!data.foundationBluePrints.includes(one)) linkedBy.delete(one);
      }
      return set(data, state);
    },
    FoundationBluePrintsLinked: ({ source, foundationBluePrints: added }, state) => {
      if ('value' in state) for (const one of added) state.value.linkedBy.set(one, source);
      return relinked(state, (linked) => [...linked, ...added]);
    },
    FoundationBluePrintsUnlinked: ({ foundationBluePrints: removed }, state) => {
      if ('value' in state) for (const one of removed) state.value.linkedBy.delete(one);
      return relinked(state, (linked) => linked.filter((one) => !removed.includes(one)));
    },
    SlotFilled: ({ slot, link, script }, state) => {
      if ('value' in state) state.value.slots.set(slot, { link, script });
      return state;
    },
    SlotEmptied: ({ slot }, state) => {
      if ('value' in state) state.value.slots.delete(slot);
      return state;
    },
    ...rules.evolve,
    ...restores.evolve,
  },
};
