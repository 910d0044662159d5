import type { Tools } from '../command.ts';
import type { RestClient } from '../rest-client.ts';
import type { Lookups } from './noun-option.ts';

/** What values are looked up with, or asked for. */
export const lookupsOf = ({ client, asker }: Tools): Lookups => ({
  structure: async (text) => Number(await structureId(client, text)),
  block: (text) => blockId(client, text),
  secret: (question) => asker.ask(question),
});

/**
 * The id of a structure: of its number, of `SITE/HOST`, or of a host name that is there once.
 * @throws Error where there is none, or more than one
 */
export async function structureId(client: RestClient, text: string): Promise<string> {
  if (/^\d+$/.test(text)) return text;
  const slash = text.indexOf('/');
  const [site, hostname] = slash < 0 ? [null, text] : [text.slice(0, slash), text.slice(slash + 1)];
  const { structures } = (await client.call('Building/Structure/overview', { hostname, site, exact: true })) as {
    readonly structures: readonly { readonly id: number; readonly site: string }[];
  };
  const [found, ...others] = structures;
  if (!found) throw new Error(`there is no structure "${text}"`);
  if (others.length === 0) return String(found.id);
  const all = structures.map((one) => `${one.site}/${hostname} (${one.id})`);
  throw new Error(`there are several structures "${text}": ${all.join(', ')}`);
}

/**
 * The id of an address block: of its number, or of `SITE/NAME`.
 * @throws Error where there is none
 */
async function blockId(client: RestClient, text: string): Promise<number> {
  if (/^\d+$/.test(text)) return Number(text);
  const [, site, name] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (site === undefined) throw new Error(`an address block is its number, or SITE/NAME, and not "${text}"`);
  const found = await client.call('Utilities/AddressBlock/getWithNameSite', { site, name });
  if (found === null) throw new Error(`there is no address block "${name}" at the site "${site}"`);
  return Number(found);
}
