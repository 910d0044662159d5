import type { Command } from './command.ts';
import { Misuse, nameOf, table, told } from './command.ts';
import { ContextFile } from './context-file.ts';

const IS_URL = /^https?:\/\/[^/\s]+\/?$/;
const NAME = /^[\w.-]{1,64}$/;

/** Commands about contexts: servers by name, of which one is in use. */
export const contextCommands: Readonly<Record<string, Command>> = {
  'context list': {
    usage: '',
    does: 'list contexts; the one in use is marked',
    names: [0, 0],
    local: true,
    run: async (_, { environment }) => {
      const { current, contexts } = await new ContextFile(environment).all();
      const all = Object.entries(contexts).map(([name, context]) => ({ name, ...context, current: name === current }));
      return table(all, {
        '': ({ current: isCurrent }) => (isCurrent === true ? '*' : ''),
        NAME: ({ name }) => name,
        SERVER: ({ url }) => url,
        PROXY: ({ proxy }) => proxy ?? '',
      });
    },
  },
  'context add': {
    usage: 'NAME URL [--proxy URL] [--use]',
    does: 'add a context, or change it: the address of a server',
    names: [2, 2],
    local: true,
    options: {
      proxy: { type: 'string', value: 'URL', does: 'the HTTP proxy through which it is reached' },
      use: { type: 'boolean', does: 'use it from now on' },
    },
    run: async ({ names: [name = '', url = ''], options }, { environment }) => {
      if (!NAME.test(name)) throw new Misuse(`"${name}" is no name of a context: letters, digits, "_", "." and "-"`);
      if (!IS_URL.test(url)) throw new Misuse(`"${url}" is no address of a server: http://host:port`);
      const { proxy } = options;
      if (typeof proxy === 'string' && !IS_URL.test(proxy)) throw new Misuse(`"${proxy}" is no address of a proxy`);
      const file = new ContextFile(environment);
      await file.add(name, { url: url.replace(/\/$/, ''), ...(typeof proxy === 'string' ? { proxy } : {}) });
      if (options['use'] === true) await file.use(name);
      return told(`added ${name}${options['use'] === true ? '; it is used from now on' : ''}`, { name, url });
    },
  },
  'context use': {
    usage: 'NAME | --none',
    does: 'use a context from now on, or none',
    names: [0, 1],
    local: true,
    options: { none: { type: 'boolean', does: 'use none' } },
    run: async (asked, { environment }) => {
      const none = asked.options['none'] === true;
      if (none === asked.names.length > 0) throw new Misuse('say which context, or --none');
      await new ContextFile(environment).use(none ? null : nameOf(asked));
      return told(none ? 'no context is used' : `${nameOf(asked)} is used from now on`, {
        name: none ? null : nameOf(asked),
      });
    },
  },
  'context show': {
    usage: '',
    does: 'say which server commands speak to, and why',
    names: [0, 0],
    run: async (_, { choice, user }) => {
      const [url = '', by = ''] = [choice?.url, choice?.by];
      return told(`${url} (${by})${user === undefined ? '' : `, as ${user}`}`, { url, by, user: user ?? null });
    },
  },
  'context delete': {
    usage: 'NAME',
    does: 'delete a context',
    names: [1, 1],
    local: true,
    run: async (asked, { environment }) => {
      await new ContextFile(environment).delete(nameOf(asked));
      return told(`deleted ${nameOf(asked)}`);
    },
  },
};
