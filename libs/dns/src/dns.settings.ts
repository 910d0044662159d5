import { defineSettings, InvalidValue, parser, setting } from '#runtime/settings';
import { nameFault } from './dns-name.ts';

/** How many hosts may serve the zones. */
const MAX_NAME_SERVERS = 13;
const ID = /^[1-9]\d{0,14}$/;

/** Ids of hosts, each once. */
const hostIds = parser((value): readonly number[] => {
  const parts = value.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  if (!parts.every((part) => ID.test(part))) throw new InvalidValue('must be ids of Networked, such as 1,4');
  const ids = [...new Set(parts.map(Number))];
  if (ids.length > MAX_NAME_SERVERS) throw new InvalidValue(`must be ${MAX_NAME_SERVERS} ids at most`);
  return ids;
});

/** An e-mail address as zones have it: a name, the first label of which is who it is sent to. */
const contact = parser((value): string => {
  const text = value.trim().toLowerCase().replace(/\.$/, '');
  const [who = '', domain, ...more] = text.split('@');
  const name = domain === undefined ? text : `${who}.${domain}`;
  const fits = more.length === 0 && !(domain !== undefined && who.includes('.')) && name.includes('.');
  if (!fits || nameFault(name, 'host') !== undefined) {
    throw new InvalidValue('must be a mail address with a dot in place of the @, such as hostmaster.site.test');
  }
  return name;
});

/** What DNS zones say of those who serve them. */
export const dnsSettings = defineSettings('dns', {
  nameServers: setting('BIND_NS_NETWORKED_LIST', hostIds, {
    unset: '`localhost` is named in their place',
    doc: 'ids of the hosts (`Networked`) that serve the zones, the master first ([docs/dns.md](docs/dns.md))',
  }),
  soaEmail: setting('BIND_SOA_EMAIL', contact, {
    unset: '`hostmaster` of each zone',
    doc: 'whom to write to about the zones, such as `hostmaster.site.test`',
  }),
});
