import { boolean, defineModel, map, parameter, staticAction } from '#api';
import { EnablePlatform } from './enable-platform.commands.ts';
import type { PlatformList } from './platforms.ts';

/** The platforms this server has. They have no objects of their own. */
export const platformModel = (platforms: PlatformList) =>
  defineModel({
    path: 'Setup/Platform',
    doc: 'Kinds of foundations and complexes, with what is needed to build on them.',
    protocols: ['rest'],
    fields: {},
    actions: {
      list: staticAction({
        doc: 'The platforms there are, what each needs, and whether that is there.',
        parameters: {},
        returns: map({ list: true }),
        permission: { grant: 'Setup.view_platform' },
        query: async (_, { view }) => platforms.states(view),
      }),
      enable: staticAction({
        doc:
          'Loads the resources of a platform, and grants the group "builder" what its foundations take, the group ' +
          '"infrastructure" what its complexes take.',
        parameters: {
          name: parameter.text(),
          dry_run: boolean({ default: false, doc: 'Only tells what would come of it.' }),
        },
        returns: map(),
        permission: { grant: 'Setup.can_enable_platform' },
        command: ({ name, dry_run: dryRun }) => new EnablePlatform(name ?? '', dryRun === true),
      }),
    },
  });
