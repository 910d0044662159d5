import { isIPv6 } from 'node:net';

/** Where a management processor listens. */
export interface BmcAddress {
  /** A host name or a numeric address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Letters, digits, `.`, `_` and `-`, beginning with none that a program takes for an option. */
const NAME = /^(?=.{1,253}$)[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Reads `192.0.2.20`, `bmc1.example:10443`, `2001:db8::20` or `[2001:db8::20]:10443`.
 * @param usual the port where the text says none
 * @throws Error where it is none of these
 */
export function bmcAddressOf(text: string, usual: number): BmcAddress {
  const given = text.trim();
  if (isIPv6(given)) return { host: given, port: usual };
  const [, inBrackets, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(given) ?? [];
  const host = inBrackets ?? plain ?? '';
  const number = port === undefined ? usual : Number(port);
  const fits = inBrackets === undefined ? NAME.test(host) : isIPv6(host);
  if (fits && number >= 1 && number <= 65_535) return { host, port: number };
  throw new Error(
    `ip_address: ${JSON.stringify(text)} is neither a host name nor an IP address, with or without a port`,
  );
}

/** An address as URLs and messages have it. */
export const shownAddress = ({ host, port }: BmcAddress): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;
