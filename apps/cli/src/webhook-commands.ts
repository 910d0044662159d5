import type { Asked, Command } from './command.ts';
import { listOf, nameOf, table, told } from './command.ts';
import { known } from './nouns/known-models.ts';
import type { Noun } from './nouns/noun.ts';
import { commandsOf } from './nouns/noun.ts';
import type { Values } from './rest-client.ts';

const MODEL = 'PostOffice/Subscription';
const DELIVERY = 'PostOffice/Delivery';
/** How long a test delivery may take, in milliseconds: the server waits for the receiver, for 300 s at the most. */
const PING_MS = 310_000;
const pathOf = (asked: Asked, action: string): string => `${MODEL}/${encodeURIComponent(nameOf(asked))}/${action}`;
const completes = [{ model: MODEL }] as const;

const subscription: Noun = {
  words: 'webhook',
  model: MODEL,
  called: ['a webhook', 'webhooks'],
  id: 'NAME',
  needs: 'requires the name of a webhook',
  verbs: ['list', 'get', 'update', 'delete'],
  list: { NAME: 'name', URL: 'url', KINDS: 'kinds', SITE: 'site', ENABLED: 'enabled' },
  get: {
    Name: 'name',
    Description: 'description',
    URL: 'url',
    Kinds: 'kinds',
    Site: 'site',
    Blueprint: 'blueprint',
    Proxy: 'proxy',
    Expires: 'expires',
    Enabled: 'enabled',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    url: { short: 'u', value: 'URL', does: 'where deliveries are sent' },
    kinds: { short: 'k', value: 'KIND', kind: 'texts', does: 'kinds of events: foundation.built, job.*, *' },
    site: { short: 's', value: 'SITE', does: 'only what happens at this site or within it', of: 'Site/Site' },
    blueprint: { short: 'b', value: 'BLUEPRINT', does: 'only what is made from it' },
    proxy: { value: 'URL', does: 'the proxy deliveries go through' },
    description: { short: 'd', value: 'TEXT', does: 'what it is for' },
    enabled: { kind: 'yes-no', value: 'yes|no', does: 'whether anything is sent' },
  },
};

const keyShown = (name: string, key: unknown) =>
  told(`The signing key of ${name} is shown only now:\n${String(key)}`, { name, signing_key: key });

/** Commands about who is told of what happens. */
export const webhooks: Readonly<Record<string, Command>> = {
  ...commandsOf(subscription),
  'webhook add': known(MODEL, {
    usage: 'NAME --url URL --kind KIND… [--site SITE] [--blueprint BLUEPRINT] [--proxy URL]',
    does: 'have a URL told of what happens, and show the signing key',
    names: [1, 1],
    options: {
      url: { type: 'string', short: 'u', value: 'URL', does: 'where deliveries are sent' },
      kind: { type: 'string', short: 'k', value: 'KIND', multiple: true, does: 'a kind of events, or a pattern' },
      site: { type: 'string', short: 's', value: 'SITE', does: 'only at this site', completes: { model: 'Site/Site' } },
      blueprint: { type: 'string', short: 'b', value: 'BLUEPRINT', does: 'only what is made from it' },
      proxy: { type: 'string', value: 'URL', does: 'the proxy deliveries go through' },
    },
    run: async (asked, { client }) => {
      const { url = '', site = null, blueprint = null, proxy = null } = asked.options;
      const kinds = listOf(asked, 'kind');
      const made = await client.create(MODEL, { name: nameOf(asked), url, kinds, site, blueprint, proxy });
      return keyShown(nameOf(asked), made['signing_key']);
    },
  }),
  'webhook renew-key': known(MODEL, {
    usage: 'NAME',
    does: 'give it a new signing key and show it; the old one counts for another day',
    names: [1, 1],
    completes,
    run: async (asked, { client }) => keyShown(nameOf(asked), await client.call(pathOf(asked, 'renewKey'))),
  }),
  'webhook ping': known(MODEL, {
    usage: 'NAME',
    does: 'send a test delivery now',
    names: [1, 1],
    completes,
    run: async (asked, { client }) => {
      const result = (await client.call(pathOf(asked, 'ping'), {}, PING_MS)) as Values;
      const { delivered, status, error, seconds } = result;
      if (delivered !== true) throw new Error(`not delivered: ${String(error)}`);
      return told(`delivered: ${String(status)} after ${String(seconds)} s`, result);
    },
  }),
  'webhook status': known(MODEL, {
    usage: 'NAME',
    does: 'show how its deliveries stand',
    names: [1, 1],
    completes,
    run: async (asked, { client }) => {
      const status = (await client.call(pathOf(asked, 'status'))) as Values;
      const lines = Object.entries(status).map(
        ([name, value]) => `${name.replaceAll('_', ' ')}: ${value === null ? '-' : JSON.stringify(value)}`,
      );
      return told(lines.join('\n'), status);
    },
  }),
  'webhook skip': known(MODEL, {
    usage: 'NAME',
    does: 'forget what waits for it, and what has happened up to now',
    names: [1, 1],
    completes,
    run: async (asked, { client }) => {
      const waited = await client.call(pathOf(asked, 'skip'));
      return told(`forgotten: ${String(waited)} deliveries`, { waited });
    },
  }),
  'webhook kinds': known(MODEL, {
    usage: '',
    does: 'list the kinds of events there are',
    names: [0, 0],
    run: async (_, { client }) => {
      const listed = (await client.call(`${MODEL}/listKinds`)) as { readonly kinds: readonly string[] };
      return told(listed.kinds.join('\n'), listed);
    },
  }),
  'webhook delivery list': known(MODEL, {
    usage: '[NAME] [--state waiting|delivered|dead]',
    does: 'list the newest deliveries, of one webhook or all',
    names: [0, 1],
    completes,
    options: { state: { type: 'string', value: 'STATE', does: 'only those in this state' } },
    run: async ({ names: [name = null], options: { state = '' } }, { client }) => {
      const { deliveries } = (await client.call(`${DELIVERY}/list`, { subscription: name, state })) as {
        readonly deliveries: readonly Values[];
      };
      return table(deliveries, {
        ID: ({ id }) => id,
        WEBHOOK: ({ subscription: to }) => to,
        KIND: ({ kind }) => kind,
        OBJECT: ({ object }) => object,
        STATE: ({ state: stands }) => stands,
        TRIES: ({ tries }) => tries,
        ERROR: ({ error }) => error ?? '',
      });
    },
  }),
  ...Object.fromEntries(
    (['retry', 'discard'] as const).map((what) => [
      `webhook delivery ${what}`,
      known(MODEL, {
        usage: 'ID…',
        does: what === 'retry' ? 'send some again that were given up' : 'take some off that were given up',
        names: [1, Number.POSITIVE_INFINITY],
        run: async ({ names }, { client }) => {
          const count = await client.call(`${DELIVERY}/${what}`, { ids: names });
          return told(`${String(count)} deliveries`, { count });
        },
      }),
    ]),
  ),
};
