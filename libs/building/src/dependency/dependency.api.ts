import type { Action, Extension } from '#api';
import { action, byReference, dateTime, defineModel, integer, numberReference, parameter, reference, text } from '#api';
import type { View } from '#read-store';
import { ForceDependency } from '../force-state.commands.ts';
import { oneOf } from '../one-of.ts';
import { dependencies, dependencyState } from './dependencies.ts';
import { ChangeDependency, CreateDependency, DeleteDependency } from './dependency.commands.ts';

export const dependencyFields = {
  structure: numberReference('Building/Structure'),
  dependency: numberReference('Building/Dependency'),
  foundation: reference('Building/Foundation'),
  script_structure: numberReference('Building/Structure'),
  link: text(4, { required: true, choices: ['soft', 'hard'] }),
  create_script_name: text(40),
  destroy_script_name: text(40),
  built_at: dateTime({ mode: 'RO' }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
  state: text(undefined, { mode: 'RO' }),
};

const force: Action = action({
  doc: 'Takes it as being "planned" or "built", without a job; for what was built before.',
  protocols: ['rest'],
  parameters: { state: parameter.text() },
  permission: { grant: 'Building.can_force_dependency' },
  command: (id, { state }) => new ForceDependency(id, oneOf(['planned', 'built'], state)),
});

/** What foundations have to wait for. */
export const dependencyModel = (jobs: Readonly<Record<string, Action>>) =>
  defineModel({
    path: 'Building/Dependency',
    doc: 'What a foundation has to wait for, such as the port of a switch being configured.',
    idField: 'id',
    fields: dependencyFields,
    rows: dependencies,
    sites: { index: 'site' },
    present: (row, id) => ({
      structure: row.structure,
      dependency: row.dependency,
      foundation: row.foundation,
      script_structure: row.scriptStructure,
      link: row.link,
      create_script_name: row.createScript,
      destroy_script_name: row.destroyScript,
      built_at: row.builtAt,
      updated: row.updated,
      created: row.created,
      id,
      state: dependencyState(row),
    }),
    create: (values) => new CreateDependency(values),
    update: (id, values) => new ChangeDependency(id, values),
    deletion: {
      command: (ids) => new DeleteDependency(ids),
      users: (view, id) => standing(view, { dependency: Number(id) }),
    },
    filters: {
      site: byReference('site', 'Site/Site'),
      foundation: byReference('foundation', 'Building/Foundation'),
    },
    actions: { ...jobs, force },
  });

/** The dependencies on something that can not be deleted: those that are built, or that a job is at work on. */
async function standing(view: View, on: Readonly<Record<string, string | number>>): Promise<string[]> {
  const { rows } = await view.list(dependencies, { where: on });
  return rows.filter(({ row }) => row.builtAt !== null || row.job !== null).map(({ key }) => `Dependency ${key}`);
}

/** Structures and foundations are used by the dependencies on them that can not be deleted; sites by all that belong to them. */
export const dependencyUsers: readonly Extension[] = [
  { model: 'Building/Foundation', users: (view, locator) => standing(view, { foundation: String(locator) }) },
  {
    model: 'Building/Structure',
    users: async (view, id) => [
      ...(await standing(view, { structure: Number(id) })),
      ...(await standing(view, { scriptStructure: Number(id) })),
    ],
  },
  {
    model: 'Site/Site',
    users: async (view, name) =>
      (await view.keys(dependencies, { where: { site: String(name) } })).keys.map((key) => `Dependency ${key}`),
  },
];
