import { boolean, defineModel, map, parameter, staticAction, text } from '#api';
import type { JsonMap } from '#kernel';
import { pairsOf } from '#kernel';
import { exportResources } from './export-resources.ts';
import { LOAD_MODES, RESOURCE_TYPES } from './load-result.ts';
import { LoadResources } from './resource-file.commands.ts';
import type { ShippedResources } from './shipped-resources.ts';

const VIEW = { grant: 'BluePrint.view_resourcefile' } as const;

/** Files of blueprints, scripts and PXEs. They have no objects of their own. */
export const resourceFileModel = (shipped: ShippedResources) =>
  defineModel({
    path: 'BluePrint/ResourceFile',
    doc: 'Files (TOML) of scripts, blueprints, PXEs and what can be put on what: loaded, all or nothing, and written.',
    protocols: ['rest'],
    fields: {},
    actions: {
      load: staticAction({
        doc: 'Loads resource files, all of them or nothing, and tells what was created, changed or left as it is.',
        parameters: {
          files: map({ default: {}, doc: 'Text by the name of the file.' }),
          shipped: parameter.text({ list: true, default: [], doc: 'Names of files that come with the server.' }),
          type: text(undefined, { default: 'all', choices: RESOURCE_TYPES, doc: 'What is loaded of them.' }),
          name: text(undefined, { default: '', doc: 'Only things of this name, links aside; empty: all.' }),
          mode: text(undefined, {
            default: 'both',
            choices: LOAD_MODES,
            doc: 'Whether to add what is missing, to update what is there, or both.',
          }),
          dry_run: boolean({ default: false, doc: 'Only tells what would come of it.' }),
        },
        returns: map(),
        permission: { grant: 'BluePrint.can_load_resources' },
        command: ({ files, shipped: names, type, name, mode, dry_run: dryRun }) =>
          new LoadResources({
            files: textsOf(files ?? {}),
            shipped: names,
            type: type ?? 'all',
            name,
            mode: mode ?? 'both',
            dryRun: dryRun === true,
          }),
      }),
      export: staticAction({
        doc: 'The text of a resource file of some blueprints and all they need; secrets are masked in it.',
        parameters: { names: parameter.text({ list: true, doc: 'Names of foundation and structure blueprints.' }) },
        returns: text(),
        permission: VIEW,
        query: ({ names }, { view }) => exportResources(view, names),
      }),
      shipped: staticAction({
        doc: 'The resource files that come with the server, by name: what each is for, and its text.',
        parameters: {},
        returns: map(),
        permission: VIEW,
        query: async () =>
          Object.fromEntries(
            (await shipped.list()).map(({ name, description, text: its }) => [name, { description, text: its }]),
          ),
      }),
    },
  });

/** What is no text is taken for one that is no TOML, so that it is told with the name of its file. */
const textsOf = (files: JsonMap): ReadonlyMap<string, string> =>
  new Map(pairsOf(files).map(([name, value]) => [name, typeof value === 'string' ? value : '!']));
