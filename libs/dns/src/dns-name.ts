/** The longest name, in characters without the dot at the end (RFC 1035: 255 octets on the wire). */
const MAX_NAME = 253;
const MAX_LABEL = 63;

/** A label of the name of a host: name servers refuse addresses under any other. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** A label of any other name; it needs no escaping in a zone file. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_/-]*[a-z0-9_])?$/;

/** A name that is fit for everything; nearly all are. */
const PLAIN_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** What a name stands for: a host, which has addresses, mail or services; or anything. */
export type NameKind = 'host' | 'any';

/** Why a name, in lower case and without the dot at its end, cannot be in a zone; undefined: it can. */
export function nameFault(name: string, kind: NameKind): string | undefined {
  if (name.length > MAX_NAME) return `${name} is longer than ${MAX_NAME} characters`;
  if (PLAIN_NAME.test(name)) return undefined;
  const fits = kind === 'host' ? HOST_LABEL : LABEL;
  for (const label of name.split('.')) {
    if (label.length > MAX_LABEL) return `${label} is longer than ${MAX_LABEL} characters`;
    if (!fits.test(label)) return `${name} is no name ${kind === 'host' ? 'of a host' : ''} in DNS`.replace('  ', ' ');
  }
  return undefined;
}

/** Whether a name lies in a domain; the domain itself does. */
export const isWithin = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** A name that lies in a domain, as seen from there: `web1` of `web1.site.test`; `@` for the domain itself. */
export const relativeTo = (name: string, domain: string): string =>
  name === domain ? '@' : name.slice(0, -domain.length - 1);

/** Both ends of a name of two parts. */
export const joined = (name: string, domain: string): string => (name === '@' ? domain : `${name}.${domain}`);
