import type { Catalogue, Model, Permission, Values } from '#api';
import { asText, isAddressable, may, permissionFor, validate } from '#api';
import type { CommandContext, NamedCommand } from '#event-store';
import type { Caller, Json, JsonMap, UnitOfWork } from '#kernel';
import { IntegralFloat, MASK, objectOf, pairsOf, pauseBetweenSlices, writeJson } from '#kernel';
import type { Key, View } from '#read-store';
import type { AppliedObject } from './applied-object.ts';
import { ApiValues } from './api-values.ts';
import type { Definition } from './definition.ts';
import { idOf } from './definition.ts';
import { shownObject } from './shown-object.ts';
import { AGGREGATED, keyOf, modelsByType, OBJECT_KINDS } from './object-kinds.ts';
import type { Existing, SiteContents } from './site-contents.ts';
import type { SiteFaults } from './site-faults.ts';

/** What applying definitions takes. */
export interface Applying {
  readonly work: UnitOfWork;
  readonly catalogue: Catalogue;
  readonly view: View;
  readonly caller: Caller;
  readonly context: CommandContext;
  readonly contents: SiteContents;
  readonly faults: SiteFaults;
  /** Carries out a command within the unit of work. */
  run<R>(command: NamedCommand<R>): Promise<R>;
}

/** What has become of a definition. */
export interface Outcome {
  /** Undefined: it could not be told apart from nothing. */
  readonly key: Key | undefined;
  readonly model: Model;
  readonly failed: boolean;
  readonly existing: Existing | undefined;
  readonly events: number;
  readonly changes: AppliedObject['changes'];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOTHING: ReadonlySet<string> = new Set();

/** In which order states follow each other; a file takes nothing back. */
const STATES = ['planned', 'located', 'built'];

/**
 * Creates what definitions define and is not there, and changes what is there and other than they say. Each is applied
 * after those that it refers to.
 */
export class ObjectApplication {
  readonly #applying: Applying;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #outcomes = new Map<string, Outcome>();
  /** Being applied, to find those that need each other. */
  readonly #under = new Set<string>();
  readonly #values: ApiValues;

  constructor(applying: Applying, definitions: readonly Definition[]) {
    this.#applying = applying;
    this.#definitions = new Map(definitions.map((one) => [idOf(one), one]));
    this.#values = new ApiValues({
      ...applying,
      definitions: this.#definitions,
      outcome: (definition) => this.#apply(definition),
    });
  }

  /** @returns what has become of each, in the order of the files */
  async all(): Promise<AppliedObject[]> {
    const pause = pauseBetweenSlices();
    for (const one of this.#definitions.values()) {
      await this.#apply(one);
      await pause();
    }
    for (const one of this.#definitions.values()) {
      if (one.kind === 'complex' && one.values['members'] !== undefined) await this.#members(one);
    }
    for (const one of this.#definitions.values()) {
      if (one.values['state'] !== undefined && OBJECT_KINDS[one.kind].own.includes('state')) await this.#force(one);
      await pause();
    }
    return [...this.#definitions.values()].map((one) => applied(one, this.#outcomes.get(idOf(one))));
  }

  async #apply(definition: Definition): Promise<Outcome | undefined> {
    const id = idOf(definition);
    const known = this.#outcomes.get(id);
    if (known) return known;
    if (this.#under.has(id)) {
      this.#applying.faults.of(definition, '', 'CYCLE', 'needs itself, by way of what it refers to');
      return undefined;
    }
    this.#under.add(id);
    const outcome = await this.#createOrChange(definition);
    this.#under.delete(id);
    this.#outcomes.set(id, outcome);
    return outcome;
  }

  async #createOrChange(definition: Definition): Promise<Outcome> {
    const { contents, faults } = this.#applying;
    const { kind, site, name } = definition;
    const existing = await contents.find(kind, name, site);
    const model = this.#modelOf(definition, existing);
    const failed = { key: existing?.key, model: model ?? this.#model(OBJECT_KINDS[kind].model), failed: true };
    const nothing = { existing, events: 0, changes: {} };
    if (!model) return { ...failed, ...nothing };
    const before = faults.count;
    const given = await this.#values.of(definition, model);
    if (faults.count > before && !existing) {
      // What else is wrong is told too, but nothing is made of half of the values.
      await this.#create(definition, model, given.fields, given.failed);
      return { ...failed, ...nothing };
    }
    const done = existing
      ? await this.#change(definition, existing, given.fields, given.failed)
      : await this.#create(definition, model, given.fields, given.failed);
    return { model, existing, ...done, failed: faults.count > before };
  }

  async #create(definition: Definition, model: Model, fields: Values, untold: ReadonlySet<string>) {
    const { faults, run, caller, view, context } = this.#applying;
    const writable = Object.entries(model.fields).filter(([, { mode }]) => mode !== 'RO');
    const whole = Object.fromEntries(writable.map(([name, field]) => [name, fields[name] ?? field.default ?? null]));
    let key: Key | undefined;
    await faults.during(definition, untold, async () => {
      this.#authorize(permissionFor(model, 'add'));
      const id = model.idField === undefined ? undefined : whole[model.idField];
      if (!isAddressable(id)) this.#applying.work.fault(model.idField ?? '', 'INVALID', `"${asText(id)}" is no name`);
      const wrong = validate(model.fields, whole);
      for (const { field, code, text } of wrong) this.#applying.work.fault(field, code, text);
      // Faults of one field are told once: what is missing is not looked at any further.
      const command = model.create?.(
        { ...neutral(model, whole), ...this.#broughtAlong(definition) },
        { caller, view, now: context.now },
      );
      if (!command) throw new Error(`${model.path} is not created directly`);
      const missing = new Set(wrong.map(({ field }) => field));
      const more = await this.#applying.work.faultsOf(async () => {
        key = await run(command);
      });
      for (const fault of more) {
        if (!missing.has(fault.field)) this.#applying.work.fault(fault.field, fault.code, fault.text, fault);
      }
    });
    return { key, events: 1, changes: {} };
  }

  /** What a structure that was built elsewhere is known by to its machine. */
  #broughtAlong({ kind, values }: Definition): Values {
    const uuid = values['config_uuid'];
    if (kind !== 'structure' || uuid === undefined) return {};
    this.#authorize({ grant: 'Building.can_force_structure' });
    if (typeof uuid === 'string' && UUID.test(uuid)) return { config_uuid: uuid };
    this.#applying.work.fault('config_uuid', 'PATTERN', 'must be a UUID');
    return {};
  }

  async #change(definition: Definition, existing: Existing, fields: Values, untold: ReadonlySet<string>) {
    const { faults, work } = this.#applying;
    const { key, model } = existing;
    const { config_uuid: uuid } = definition.values;
    if (definition.kind === 'structure' && uuid !== undefined && uuid !== existing.fields['config_uuid']) {
      faults.of(definition, 'config_uuid', 'FIXED', 'cannot be changed');
    }
    const other = Object.entries(fields).filter(([name, value]) => !same(value, existing.fields[name]));
    if (other.length === 0) return { key, events: 0, changes: {} };
    const fixed = other.filter(([name]) => model.fields[name]?.mode !== 'RW');
    for (const [name] of fixed) faults.of(definition, keyOf(definition.kind, name) ?? '', 'FIXED', 'cannot be changed');
    const changed = Object.fromEntries(other);
    const before = eventsOf(work);
    await this.#update(definition, existing.key, model, changed, untold);
    const events = eventsOf(work) - before;
    const keys = [...new Set(other.map(([name]) => keyOf(definition.kind, name) ?? 'site'))];
    return { key, events, changes: events === 0 ? {} : await this.#changes(definition, existing, keys) };
  }

  async #update(definition: Definition, key: Key, model: Model, changed: Values, untold = NOTHING): Promise<void> {
    const { faults, run, caller, view, context, work } = this.#applying;
    await faults.during(definition, untold, async () => {
      this.#authorize(permissionFor(model, 'change'));
      for (const { field, code, text } of validate(model.fields, changed)) work.fault(field, code, text);
      const command = model.update?.(key, neutral(model, changed), { caller, view, now: context.now });
      if (!command) throw new Error(`${model.path} is not changed directly`);
      await run(command);
    });
  }

  /** Makes those structures that a file names the members of a complex, and no others. */
  async #members(definition: Definition): Promise<void> {
    const outcome = this.#outcomes.get(idOf(definition));
    if (!outcome || outcome.key === undefined) return;
    const { faults, work } = this.#applying;
    const known = faults.count;
    const wanted = await this.#values.members(definition);
    if (outcome.failed || faults.count > known) return;
    const now = (outcome.existing?.fields['members'] ?? []) as readonly Key[];
    if (same(wanted.toSorted(byKey), now.toSorted(byKey))) return;
    const before = eventsOf(work);
    await this.#update(definition, outcome.key, outcome.model, { members: wanted });
    const events = outcome.events + eventsOf(work) - before;
    const changes = outcome.existing ? await this.#changes(definition, outcome.existing, ['members']) : {};
    this.#outcomes.set(idOf(definition), { ...outcome, events, changes: { ...outcome.changes, ...changes } });
  }

  /** Takes what was built before as that. A state that is further than that of the file is left alone. */
  async #force(definition: Definition): Promise<void> {
    const { faults, run, caller, view, context, catalogue } = this.#applying;
    const wanted = definition.values['state'] as Json;
    const outcome = this.#outcomes.get(idOf(definition));
    const states = definition.kind === 'foundation' ? STATES : ['planned', 'built'];
    if (typeof wanted !== 'string' || !states.includes(wanted)) {
      return faults.of(definition, 'state', 'CHOICE', `must be one of ${states.join(', ')}`);
    }
    if (!outcome || outcome.failed || outcome.key === undefined) return;
    const { key } = outcome;
    const now = asText(outcome.existing?.fields['state'] ?? 'planned');
    if (STATES.indexOf(now) >= STATES.indexOf(wanted)) return;
    const force = catalogue.model(OBJECT_KINDS[definition.kind].model)?.actions?.['force'];
    if (!force || !('command' in force.run)) {
      return faults.of(definition, 'state', 'STATE', 'cannot be set: only a job builds this');
    }
    const { command } = force.run;
    await faults.during(definition, NOTHING, async () => {
      this.#authorize(force.permission);
      await run(command(key, { state: wanted }, { caller, view, now: context.now }));
    });
    const changes: AppliedObject['changes'] = outcome.existing ? { state: { before: now, after: wanted } } : {};
    this.#outcomes.set(idOf(definition), {
      ...outcome,
      events: outcome.events + 1,
      changes: { ...outcome.changes, ...changes },
    });
  }

  async #changes({ values, site }: Definition, existing: Existing, keys: readonly string[]) {
    const { catalogue, contents } = this.#applying;
    const shown = await shownObject(existing, { catalogue, contents });
    return Object.fromEntries(
      keys.map((key) => {
        const moved = key === 'site';
        const before = moved ? existing.site : (shown[key] ?? null);
        return [key, { before, after: moved ? site : masked(values[key] ?? null, before) }];
      }),
    );
  }

  #modelOf(definition: Definition, existing: Existing | undefined): Model | undefined {
    const { catalogue, faults } = this.#applying;
    const { kind, values } = definition;
    const base = OBJECT_KINDS[kind].model;
    if (kind === 'logical') {
      const model = this.#model(values['primary'] === undefined ? base : AGGREGATED);
      if (existing && existing.model.path !== model.path && values['primary'] !== undefined) {
        faults.of(definition, 'primary', 'FIXED', 'is there as another kind of interface');
        return undefined;
      }
      return existing?.model ?? model;
    }
    if (kind !== 'foundation' && kind !== 'complex') return existing?.model ?? this.#model(base);
    const types = modelsByType(catalogue, base);
    const { type } = values;
    if (type === undefined && existing) return existing.model;
    if (type === undefined && kind === 'complex') return this.#model(base);
    const model = typeof type === 'string' ? types.get(type) : undefined;
    if (!model) {
      faults.of(definition, 'type', 'CHOICE', `must be one of ${[...types.keys()].join(', ')}`);
    } else if (existing && existing.model !== model) {
      faults.of(definition, 'type', 'FIXED', `cannot be changed: it is a ${String(existing.fields['type'])}`);
      return undefined;
    }
    return model;
  }

  #authorize(permission: Permission): void {
    if (may(this.#applying.caller, permission)) return;
    const name = typeof permission === 'object' ? permission.grant : permission;
    this.#applying.work.fault('', 'FORBIDDEN', `this takes the permission ${name}`);
  }

  #model(path: string): Model {
    const model = this.#applying.catalogue.model(path);
    if (!model) throw new Error(`there is no model ${path}`);
    return model;
  }
}

/** How many events a unit of work holds. */
const eventsOf = (work: UnitOfWork): number => work.written().reduce((sum, { events }) => sum + events.length, 0);

const same = (one: unknown, other: unknown): boolean => writeJson(one ?? null) === writeJson(other ?? null);

const byKey = (one: Key, other: Key): number => (one < other ? -1 : 1);

/** Values of the types that fields declare: no list is null. */
const neutral = ({ fields }: Model, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null && fields[name]?.list ? [] : value]),
  );

/** A value of a file with a mask where the value before has one. */
function masked(value: Json, before: Json): Json {
  if (before === MASK) return MASK;
  if (!isMap(value) || !isMap(before)) return value;
  return objectOf(pairsOf(value).map(([key, one]) => [key, masked(one, before[key] ?? null)] as const));
}

function applied(definition: Definition, outcome: Outcome | undefined): AppliedObject {
  const { kind, name, file, lines } = definition;
  const change = outcome?.events === 0 ? 'unchanged' : 'changed';
  const result = outcome?.existing === undefined ? 'created' : change;
  return {
    kind: OBJECT_KINDS[kind].called,
    name,
    file,
    line: lines.get('') ?? 0,
    outcome: result,
    changes: outcome?.changes ?? {},
  };
}

const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);
