import type { ApiCatalogue } from '#api';
import { boolean, defineModel, map, parameter, staticAction, text } from '#api';
import type { JsonMap } from '#kernel';
import { pairsOf, refuse } from '#kernel';
import { exportSites } from './export-sites.ts';
import type { Format } from './import/convert.ts';
import { convert, FORMATS } from './import/convert.ts';
import { ApplySiteFiles } from './site-file.commands.ts';

/** Whole sites as files. They have no objects of their own. */
export const siteFileModel = (catalogue: ApiCatalogue) =>
  defineModel({
    path: 'Site/SiteFile',
    doc: 'Files (TOML) of whole sites, beside the resources they need: applied, all or nothing, and written.',
    protocols: ['rest'],
    fields: {},
    actions: {
      apply: staticAction({
        doc: 'Makes the server what files say, all of it or nothing, and tells what was created, changed or left as it is.',
        parameters: {
          files: map({ doc: 'Text by the name of the file.' }),
          prune: boolean({
            default: false,
            doc: 'Deletes what is at the sites of the files, not in them, and not built.',
          }),
          dry_run: boolean({ default: false, doc: 'Only tells what would come of it.' }),
        },
        returns: map(),
        permission: { grant: 'Site.can_apply_site_files' },
        command: ({ files, prune, dry_run: dryRun }) =>
          new ApplySiteFiles({ files: textsOf(files ?? {}), prune: prune === true, dryRun: dryRun === true }),
      }),
      convert: staticAction({
        doc: 'The text of a site file made of hosts in CSV, of lists of NetBox, or of the export of a Contractor over CInP.',
        parameters: {
          format: text(undefined, { required: true, choices: FORMATS, doc: 'What the files are.' }),
          files: map({ doc: 'Text by the name of the file.' }),
          site: text(undefined, { default: '', doc: 'The site of what names none.' }),
          blueprint: text(undefined, { default: '', doc: 'The blueprint of structures that name none.' }),
          foundation_blueprint: text(undefined, { default: '', doc: 'The blueprint of foundations that name none.' }),
          foundation_type: text(undefined, { default: '', doc: 'The type of foundations that name none.' }),
        },
        returns: map(),
        permission: { grant: 'Site.view_site' },
        query: async ({ format, files, ...options }) =>
          convert(choose(format), textsOf(files ?? {}), {
            ...(options.site ? { site: options.site } : {}),
            ...(options.blueprint ? { blueprint: options.blueprint } : {}),
            ...(options.foundation_blueprint ? { foundationBlueprint: options.foundation_blueprint } : {}),
            ...(options.foundation_type ? { type: options.foundation_type } : {}),
          }),
      }),
      export: staticAction({
        doc: 'The text of a file of some sites and all they need; secrets are masked in it.',
        parameters: { sites: parameter.text({ list: true, doc: 'Names of sites.' }) },
        returns: text(),
        permission: { grant: 'Site.view_site' },
        query: ({ sites }, { view, caller }) => exportSites(sites, { catalogue: catalogue.whole, view, caller }),
      }),
    },
  });

function choose(format: string): Format {
  const known = FORMATS.find((one) => one === format);
  if (!known) throw refuse('format', 'CHOICE', `must be one of ${FORMATS.join(', ')}`);
  return known;
}

/** What is no text is taken for one that is no TOML, so that it is told with the name of its file. */
const textsOf = (files: JsonMap): ReadonlyMap<string, string> =>
  new Map(pairsOf(files).map(([name, value]) => [name, typeof value === 'string' ? value : '!']));
