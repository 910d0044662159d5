/** Where the NATS servers are, and who we are there. */
export interface NatsAddresses {
  /** `host` or `host:port`; over WebSockets a URL, without user and password. */
  readonly hosts: readonly string[];
  readonly as: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
  /** Whether the connection has to be encrypted. */
  readonly tls: boolean;
  /** Whether they are reached over WebSockets. */
  readonly webSocket: boolean;
}

const SCHEMES: ReadonlySet<string> = new Set(['nats:', 'tls:', 'ws:', 'wss:']);

/**
 * Reads one address or several with commas between them: `nats://user:password@host:4222`, `host:4222`, `tls://host`, or
 * over WebSockets `ws://host:port/path` and `wss://host`. A user name without a password is a token. Throws without
 * repeating the text: it may hold a password.
 */
export function readNatsAddresses(text: string): NatsAddresses {
  const addresses = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(readAddress);
  if (addresses.length === 0) throw new Error('no NATS server is named');
  const webSocket = addresses.filter(isWebSocket).length;
  if (webSocket > 0 && webSocket < addresses.length) {
    throw new Error('addresses of NATS begin all with ws:// or wss://, or none does');
  }
  const encrypted = addresses.filter(({ protocol }) => protocol === 'tls:' || protocol === 'wss:').length;
  if (webSocket > 0 && encrypted > 0 && encrypted < addresses.length) {
    throw new Error('addresses of NATS begin all with wss://, or all with ws://');
  }
  const named = addresses.find(({ username }) => username !== '');
  return {
    hosts: addresses.map((address) => (isWebSocket(address) ? withoutUser(address) : address.host)),
    as: named && identityIn(named),
    tls: encrypted > 0,
    webSocket: webSocket > 0,
  };
}

const isWebSocket = ({ protocol }: URL): boolean => protocol === 'ws:' || protocol === 'wss:';
const withoutUser = ({ protocol, host, pathname, search }: URL): string => `${protocol}//${host}${pathname}${search}`;

const identityIn = ({ username, password }: URL) =>
  password === ''
    ? { token: decodeURIComponent(username) }
    : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };

function readAddress(text: string): URL {
  const whole = text.includes('://') ? text : `nats://${text}`;
  const address = URL.canParse(whole) ? new URL(whole) : undefined;
  if (address !== undefined && SCHEMES.has(address.protocol) && address.hostname !== '') return address;
  throw new Error(
    'an address of NATS is not of the form nats://[user:password@]host[:port], with tls, ws or wss in place of nats',
  );
}
