import { CommandHandler } from '@nestjs/cqrs';
import type { JsonMap, UnitOfWork } from '#kernel';
import { entity, refuse } from '#kernel';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Key, View } from '#read-store';
import { entityRows } from '#read-store';
import type { ChangedValues, Extension, NewValues, Release } from '../src/index.ts';
import {
  action,
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  dateTime,
  defineModel,
  DeleteCommand,
  deleteHandler,
  given,
  integer,
  map,
  reference,
  text,
} from '../src/index.ts';
import type { TestExample } from '#testing';
import { startExample } from '#testing';

interface Rack {
  units: number;
  labels: JsonMap;
  tags: readonly string[];
  beside: string | null;
}

export const rack = entity<Rack>()({
  noun: 'Rack',
  category: 'rack',
  changes: { UnitsCounted: 'units', LabelsWritten: 'labels', TagsWritten: 'tags', RackMoved: 'beside' },
});

export const racks = entityRows(rack, {
  name: 'racks',
  version: 1,
  key: 'text',
  indexes: { beside: ({ beside }) => beside },
});

export const rackFields = {
  name: text(40, { mode: 'RC', required: true }),
  units: integer({ required: true, default: 42 }),
  labels: map({ required: true, default: {} }),
  tags: text(10, { list: true, default: [] }),
  beside: reference('Site/Rack'),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

export class CreateRack extends CreateCommand<NewValues<typeof rackFields>> {}
export class ChangeRack extends ChangeCommand<ChangedValues<typeof rackFields>> {}
export class DeleteRack extends DeleteCommand {}

/** Adds units to a rack; results in how many it has then. */
export class AddUnits extends NamedCommand<number> {
  constructor(
    readonly name: Key,
    readonly units: number,
  ) {
    super();
  }
}

@CommandHandler(AddUnits)
class AddUnitsHandler extends UnitOfWorkHandler<AddUnits> {
  async decide(work: UnitOfWork, { name, units }: AddUnits): Promise<number> {
    const state = await work.load(rack, name);
    const before = state.stage === 'active' ? state.value.units : 0;
    if (before + units > 50) throw refuse('units', 'TOO_MANY', `${name} would have more than 50 units`);
    await work.decide(rack, name, { type: 'ChangeRack', data: { units: before + units } });
    return before + units;
  }
}

const checkName = (work: UnitOfWork, name: string): void => {
  if (!/^[a-z.]+$/.test(name)) work.fault('name', 'PATTERN', 'lower-case letters only');
};

export const rackModel = defineModel({
  path: 'Site/Rack',
  idField: 'name',
  fields: rackFields,
  rows: racks,
  present: (row, name) => ({ ...row, name }),
  create: (values) => new CreateRack(values),
  update: (name, values) => new ChangeRack(name, values),
  deletion: {
    command: (names) => new DeleteRack(names),
    users: async (view, name) =>
      (await view.list(racks, { where: { beside: String(name) } })).rows.map(({ key }) => `Rack ${key}`),
  },
  actions: {
    addUnits: action({
      parameters: { units: integer({ required: true }) },
      returns: integer(),
      permission: 'anybody',
      command: (name, { units }) => new AddUnits(name, units),
    }),
  },
});

/** What the command of a deletion does besides. */
export interface RackOptions {
  readonly users?: (view: View, key: Key) => Promise<readonly string[]>;
  readonly alsoRemove?: (work: UnitOfWork, key: Key) => Promise<unknown>;
  /** What another module lets go of. */
  readonly release?: Release;
}

/** An API of racks over a database of its own. `users` are those another module knows of. */
export const startRacks = ({ users, alsoRemove, release }: RackOptions = {}): Promise<TestExample> => {
  const extension: Extension = { model: 'Site/Rack', ...(users ? { users } : {}), ...(release ? { release } : {}) };
  return startExample({
    models: [rackModel],
    extensions: [extension],
    deciders: [rack],
    readModels: [racks],
    providers: [
      createHandler(CreateRack, async (work, { name, ...values }) => {
        checkName(work, name);
        await work.decide(rack, name, { type: 'DefineRack', data: values });
        return name;
      }),
      changeHandler(ChangeRack, (work, name, values) =>
        work.decide(rack, name, { type: 'ChangeRack', data: given(values) }),
      ),
      deleteHandler(DeleteRack, 'Site/Rack', rack, alsoRemove),
      AddUnitsHandler,
    ],
  });
};
