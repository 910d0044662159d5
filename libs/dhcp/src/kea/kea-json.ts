/** A part of a configuration of Kea's. */
export type KeaMap = { readonly [key: string]: KeaValue };
export type KeaValue = string | number | boolean | null | readonly KeaValue[] | KeaMap;

/**
 * An option by its number, as octets: no comma in it means anything, and Kea need not know the option. It is sent whether or
 * not the client asks for it.
 */
export const rawOption = (code: number, octets: Uint8Array): KeaMap => ({
  code,
  'csv-format': false,
  data: Buffer.from(octets).toString('hex'),
  'always-send': true,
});

/** An option with a text, whatever stands in it. */
export const textOption = (code: number, text: string): KeaMap => rawOption(code, Buffer.from(text, 'utf8'));

/** An option with a number of 16 bits. */
export const wordOption = (code: number, value: number): KeaMap =>
  rawOption(code, Uint8Array.of((value >> 8) & 0xff, value & 0xff));

/** An option with a list of addresses or names. */
export const listOption = (name: string, values: readonly string[]): KeaMap => ({ name, data: values.join(', ') });

/** What of a configuration that runs is Kea's own: what it listens on, where it keeps leases, and so on. */
const OPERATORS = [
  'interfaces-config',
  'control-socket',
  'lease-database',
  'hooks-libraries',
  'loggers',
  'multi-threading',
  'expired-leases-processing',
  'decline-probation-period',
  'dhcp-queue-control',
  'dhcp-ddns',
  'sanity-checks',
  'server-id',
  'server-tag',
  'statistic-default-sample-age',
  'statistic-default-sample-count',
];

/**
 * Kea gives up an interface that is down while it is told something new, unless it is told to try again; a wire is down
 * while all that is on it is off. In milliseconds, and as often as Kea counts.
 */
const UNTIL_UP = { 'service-sockets-retry-wait-time': 500, 'service-sockets-max-retries': 1_000_000_000 };

/** What an operator has set up in Kea's own file; the rest of a configuration is made here. */
export const operatorsPart = (running: KeaMap): KeaMap =>
  Object.fromEntries(
    OPERATORS.flatMap((key) => {
      const value = running[key];
      if (value === undefined) return [];
      return [[key, key === 'interfaces-config' ? { ...UNTIL_UP, ...(value as KeaMap) } : value]];
    }),
  );
