import { numberReference, reference, text } from '#api';
import type { Json, JsonMap } from '#kernel';
import { BMC_BLOCK, credentialsOf } from '#platform';

const PORTS = ['console', 'ttyS0', 'ttyS1', 'ttyS2', 'ttyS3'] as const;

/** The fields of a machine with a management processor, each with the platform's name in front. */
export const bmcFields = (platform: string) => ({
  [`${platform}_username`]: text(50, { required: true }),
  [`${platform}_password`]: text(50, {
    required: true,
    doc: 'kept as a secret; "_VAULT_": the user name is the path of an entry in the vault of the agent',
  }),
  [`${platform}_ip_address`]: text(30, {
    required: true,
    orElse: BMC_BLOCK,
    doc: 'host name or address, perhaps with ":" and a port; of a block, the next free one where it is left out',
  }),
  [BMC_BLOCK]: numberReference('Utilities/AddressBlock', { protocols: ['rest'] }),
});

/** The serial port that its console is on, by which it is to be had over the LAN. */
export const serialPort = () => text(7, { default: 'ttyS1', choices: PORTS, doc: 'of the serial console' });

/** Where it stands. */
export const plotField = () => reference('Survey/Plot', { required: true });

/** How it is reached, of its fields. @param username who logs in where they do not say */
export const bmcConnection =
  (platform: string, username: string | null = null) =>
  (own: JsonMap): JsonMap => ({
    ip_address: own[`${platform}_ip_address`] ?? null,
    credentials: credentialsOf(own[`${platform}_username`] ?? username, own[`${platform}_password`] ?? null),
  });

/** The text of a field; the other one where it has none. */
export const fieldText = (value: Json | undefined, other: string): string =>
  typeof value === 'string' && value !== '' ? value : other;
