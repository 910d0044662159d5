import { readFile } from 'node:fs/promises';
import type { Asked, Command, CommandOption, Tools } from '../command.ts';
import { told } from '../command.ts';
import type { RestClient, Values } from '../rest-client.ts';
import { foundationBlueprint, pxe, script, structureBlueprint } from './blueprints.ts';
import { configCommand } from './config-command.ts';
import { editText } from './edit-text.ts';
import { known } from './known-models.ts';
import { lookupsOf } from './lookups.ts';
import type { Noun } from './noun.ts';
import { commandsOf, ofOne, pathOf } from './noun.ts';
import type { NounOptions } from './noun-option.ts';
import { declared, fieldValues, usageOfOptions } from './noun-option.ts';
import { detailed } from './render.ts';

const LINKS = 'BluePrint/BluePrintScript';

const FILE: Readonly<Record<string, CommandOption>> = {
  file: { type: 'string', short: 'f', value: 'FILE', does: 'take the text of this file; "-": of standard input' },
};

const textOf = async (file: string, { asker }: Tools): Promise<string> =>
  file === '-' ? asker.rest() : readFile(file, 'utf8');

const linksOf = (client: RestClient, blueprint: string): Promise<Values[]> =>
  client.list(LINKS, { filter: 'blueprint', blueprint });

/** Puts scripts under names of a blueprint, and takes them away. */
const linking = ({ words, id, model }: Noun): Readonly<Record<string, Command>> => ({
  [`${words} script link`]: known(LINKS, {
    usage: `${id} SCRIPT NAME`,
    does: 'have a blueprint use a script, under a name: create, destroy, or that of a utility script',
    names: [3, 3],
    needs: 'requires a Blueprint Id/Name, Script Id/Name, and a Link name (ie: create/destroy/etc) Argument',
    completes: [{ model }, { model: script.model }, ['create', 'destroy']],
    run: async ({ names: [blueprint = '', its = '', name = ''] }, { client }) => {
      if ((await linksOf(client, blueprint)).some((link) => link['name'] === name)) {
        throw new Error('blueprint already has a script linked with that name');
      }
      const link = await client.create(LINKS, { blueprint, script: its, name });
      return told(`linked ${its} to ${blueprint} as ${name}`, { id: link['id'], blueprint, script: its, name });
    },
  }),
  [`${words} script unlink`]: known(LINKS, {
    usage: `${id} NAME`,
    does: 'have a blueprint use the script under a name no more',
    names: [2, 2],
    needs: 'requires a Blueprint Id/Name and a Link name (ie: create/destroy/etc) Argument',
    completes: [{ model }, ['create', 'destroy']],
    run: async ({ names: [blueprint = '', name = ''] }, { client }) => {
      const link = (await linksOf(client, blueprint)).find((one) => one['name'] === name);
      if (!link) throw new Error('no Script link to Blueprint with that name');
      await client.delete(pathOf(LINKS, link['id']));
      return told(`unlinked ${String(link['script'])} from ${blueprint}, where it was ${name}`, { blueprint, name });
    },
  }),
});

/** A command that changes a text field of an object: in an editor, or to what a file holds. */
const editing = (noun: Noun, field: string, ending: string, does: string): Command =>
  known(noun.model, {
    usage: `${noun.id} [--file FILE]`,
    does,
    ...ofOne(noun),
    options: FILE,
    run: async (asked, tools) => {
      const [name = ''] = asked.names;
      const path = pathOf(noun.model, name);
      const { file } = asked.options;
      if (typeof file === 'string') {
        await tools.client.change(path, { [field]: await textOf(file, tools) });
        return told('Changes Saved', { name });
      }
      const { body, etag } = await tools.client.tagged(path);
      const draft = { text: String(body[field]), name: `${name}.${ending}` };
      const save = async (text: string) => void (await tools.client.changeTagged(path, { [field]: text }, etag));
      return (await editText(draft, save, tools)) ? told('Changes Saved', { name }) : told('No Changes', { name });
    },
  });

const name = { short: 'n', does: 'its name', required: true } as const;
const SCRIPT: NounOptions = {
  name,
  description: { short: 'd', value: 'TEXT', does: 'what it does', required: true },
};
const PXE: NounOptions = { name };

const valuesOf = (asked: Asked, options: NounOptions, tools: Tools) =>
  fieldValues('create', asked, options, lookupsOf(tools));

const scripts: Readonly<Record<string, Command>> = {
  ...commandsOf(script),
  'blueprint script create': known(script.model, {
    usage: `${usageOfOptions('create', SCRIPT)} [--file FILE]`,
    does: 'define a script; without a file it says only what it does',
    names: [0, 0],
    options: { ...declared(SCRIPT), ...FILE },
    run: async (asked, tools) => {
      const values = await valuesOf(asked, SCRIPT, tools);
      const { file } = asked.options;
      const text = typeof file === 'string' ? await textOf(file, tools) : `# ${String(values['description'])}`;
      return detailed(await tools.client.create(script.model, { ...values, script: text }), script.get);
    },
  }),
  'blueprint script edit': editing(script, 'script', 'tscript', 'change a script, in an editor or to that of a file'),
};

const pxes: Readonly<Record<string, Command>> = {
  ...commandsOf(pxe),
  'blueprint pxe create': known(pxe.model, {
    usage: `${usageOfOptions('create', PXE)} [--file FILE] [--template FILE]`,
    does: 'define a PXE, from the files of its boot script and template; each is empty where none is named',
    names: [0, 0],
    options: {
      ...declared(PXE),
      file: { type: 'string', short: 'f', value: 'FILE', does: 'the boot script; "-": standard input' },
      template: { type: 'string', short: 't', value: 'FILE', does: 'the template' },
    },
    run: async (asked, tools) => {
      const values = await valuesOf(asked, PXE, tools);
      const { file, template } = asked.options;
      const [boot, answers] = [
        typeof file === 'string' ? await textOf(file, tools) : '',
        typeof template === 'string' ? await textOf(template, tools) : '',
      ];
      return detailed(
        await tools.client.create(pxe.model, { ...values, boot_script: boot, template: answers }),
        pxe.get,
      );
    },
  }),
  'blueprint pxe editscript': editing(pxe, 'boot_script', 'ipxe', 'change the boot script of a PXE'),
  'blueprint pxe edittemplate': editing(pxe, 'template', 'txt', 'change the template of a PXE'),
};

/** Commands about blueprints, scripts and PXEs. */
export const blueprintCommands: Readonly<Record<string, Command>> = {
  ...commandsOf(foundationBlueprint),
  ...configCommand(foundationBlueprint),
  ...linking(foundationBlueprint),
  ...commandsOf(structureBlueprint),
  ...configCommand(structureBlueprint),
  ...linking(structureBlueprint),
  ...scripts,
  ...pxes,
};
