/** Words that are written otherwise than their field is called. */
const WORDS: Readonly<Record<string, string>> = {
  id: 'Id',
  ip: 'IP',
  ipv6: 'IPv6',
  mac: 'MAC',
  mtu: 'MTU',
  pxe: 'PXE',
  uuid: 'UUID',
  dns: 'DNS',
  url: 'URL',
  vlan: 'VLAN',
  bmc: 'BMC',
  ttl: 'TTL',
  cpu: 'CPU',
};

const upper = (word: string): string => WORDS[word] ?? word;

/** A name of the API in words: `config_values` is `Config values`, `doCreate` is `Do create`. */
export function inWords(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '')
    .map(upper)
    .join(' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** The noun of a model in words: `Utilities/AddressBlock` is `Address block`. */
export const nounOf = (path: string): string => {
  const noun = path.split('/')[1] ?? path;
  if (noun === 'BluePrint') return 'Blueprint';
  return /^[A-Z]+$/.test(noun) ? noun : inWords(noun.replace('BluePrint', 'Blueprint'));
};

/** The same of several: `Address block` is `Address blocks`. */
export function pluralOf(path: string): string {
  const noun = nounOf(path);
  if (/(?:s|x|ch)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
