import type { Values } from '../rest-client.ts';
import type { Noun } from './noun.ts';
import type { NounOption, NounOptions } from './noun-option.ts';

/** The scripts of a blueprint by the names they are linked under, without the paths that CInP knows them by. */
const scripts = ({ script_map: map }: Values): Values =>
  Object.fromEntries(
    Object.entries(map as Readonly<Record<string, string>>).map(([name, uri]) => [name, uri.split(':')[1] ?? uri]),
  );

const shared = {
  id: 'BLUEPRINT',
  needs: 'requires a Blueprint Id/Name argument',
} as const;

const name = { short: 'n', does: 'its name', required: true, only: 'create' } as const;
const description = { short: 'd', value: 'TEXT', does: 'what it is', required: true } as const;

/** An option of update that adds to a list, or takes away from it. */
const edit = (edits: 'add' | 'remove', field: string, rest: Pick<NounOption, 'short' | 'value' | 'does' | 'of'>) =>
  ({ kind: 'texts', only: 'update', edits, field, ...rest }) satisfies NounOption;

const parents = (of: string): NounOptions => ({
  'add-parent': edit('add', 'parent_list', { short: 'p', value: 'BLUEPRINT', does: 'one more it comes from', of }),
  'delete-parent': edit('remove', 'parent_list', {
    short: 'q',
    value: 'BLUEPRINT',
    does: 'one it does not come from any more',
    of,
  }),
});

export const foundationBlueprint: Noun = {
  ...shared,
  words: 'blueprint foundation',
  model: 'BluePrint/FoundationBluePrint',
  called: ['a blueprint of foundations', 'blueprints of foundations'],
  list: {
    ID: 'name',
    DESCRIPTION: 'description',
    TYPES: 'foundation_type_list',
    PARENTS: 'parent_list',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'name',
    Name: 'name',
    Description: 'description',
    Parents: 'parent_list',
    'Config Values': 'config_values',
    'Foundation Types': 'foundation_type_list',
    'Validation Template': 'validation_template',
    'Physical Interfaces': 'physical_interface_names',
    'Script Map': scripts,
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    name,
    description,
    type: {
      short: 't',
      value: 'TYPE',
      kind: 'texts',
      field: 'foundation_type_list',
      does: 'the types of foundations it is for: Manual, VM, Metal …',
      required: true,
      only: 'create',
    },
    ...parents('BluePrint/FoundationBluePrint'),
    'add-type': edit('add', 'foundation_type_list', {
      short: 't',
      value: 'TYPE',
      does: 'one more type of foundations it is for',
    }),
    'delete-type': edit('remove', 'foundation_type_list', {
      short: 'u',
      value: 'TYPE',
      does: 'a type it is not for any more',
    }),
    'add-iface-name': edit('add', 'physical_interface_names', {
      short: 'i',
      value: 'NAME',
      does: 'one more interface of the machines',
    }),
    'delete-iface-name': edit('remove', 'physical_interface_names', {
      short: 'k',
      value: 'NAME',
      does: 'an interface they do not have any more',
    }),
  },
};

export const structureBlueprint: Noun = {
  ...shared,
  words: 'blueprint structure',
  model: 'BluePrint/StructureBluePrint',
  called: ['a blueprint of structures', 'blueprints of structures'],
  list: {
    ID: 'name',
    DESCRIPTION: 'description',
    PARENTS: 'parent_list',
    'FOUNDATION BLUEPRINTS': 'foundation_blueprint_list',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'name',
    Name: 'name',
    Description: 'description',
    Parents: 'parent_list',
    'Config Values': 'config_values',
    'Foundation BluePrints': 'foundation_blueprint_list',
    'Script Map': scripts,
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    name,
    description,
    ...parents('BluePrint/StructureBluePrint'),
    'add-foundation-blueprint': edit('add', 'foundation_blueprint_list', {
      short: 'f',
      value: 'BLUEPRINT',
      does: 'one more blueprint of foundations it can stand on',
      of: 'BluePrint/FoundationBluePrint',
    }),
    'delete-foundation-blueprint': edit('remove', 'foundation_blueprint_list', {
      short: 'g',
      value: 'BLUEPRINT',
      does: 'one it cannot stand on any more',
      of: 'BluePrint/FoundationBluePrint',
    }),
  },
};

export const script: Noun = {
  words: 'blueprint script',
  model: 'BluePrint/Script',
  called: ['a script', 'scripts'],
  id: 'SCRIPT',
  needs: 'requires a Script Id Name argument',
  list: { ID: 'name', DESCRIPTION: 'description', CREATED: 'created', UPDATED: 'updated' },
  get: {
    Id: 'name',
    Name: 'name',
    Description: 'description',
    Script: 'script',
    Created: 'created',
    Updated: 'updated',
  },
  options: { name, description },
  verbs: ['list', 'get', 'update', 'delete'],
};

export const pxe: Noun = {
  words: 'blueprint pxe',
  model: 'BluePrint/PXE',
  called: ['a PXE', 'PXEs'],
  id: 'PXE',
  needs: 'requires a PXE Name(Id) Name argument',
  list: { ID: 'name', CREATED: 'created', UPDATED: 'updated' },
  get: {
    Id: 'name',
    Name: 'name',
    'Boot Script': 'boot_script',
    Template: 'template',
    Created: 'created',
    Updated: 'updated',
  },
  verbs: ['list', 'get', 'delete'],
};
