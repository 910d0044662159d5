/** Where the NATS servers are, and who we are there. */
export interface NatsAddresses {
  /** `host` or `host:port`. */
  readonly hosts: readonly string[];
  readonly as: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
  readonly tls: boolean;
}

/**
 * Reads one address or several with commas between them: `nats://user:password@host:4222`, `host:4222`, `tls://host`.
 * A user name without a password is a token. Throws without repeating the text: it may hold a password.
 */
export function readNatsAddresses(text: string): NatsAddresses {
  const addresses = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(readAddress);
  if (addresses.length === 0) throw new Error('no NATS server is named');
  const named = addresses.find(({ username }) => username !== '');
  return {
    hosts: addresses.map(({ host }) => host),
    as: named && identityIn(named),
    tls: addresses.some(({ protocol }) => protocol === 'tls:'),
  };
}

const identityIn = ({ username, password }: URL) =>
  password === ''
    ? { token: decodeURIComponent(username) }
    : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };

function readAddress(text: string): URL {
  const whole = text.includes('://') ? text : `nats://${text}`;
  const address = URL.canParse(whole) ? new URL(whole) : undefined;
  if (address !== undefined && ['nats:', 'tls:'].includes(address.protocol) && address.hostname !== '') return address;
  throw new Error('an address of NATS is not of the form nats://[user:password@]host[:port]');
}
