import type { HypervisorAddress } from './hypervisor-address.ts';

/** What may be wrong where libvirt says something, and what to do about it; the first that fits counts. */
const KNOWN: readonly (readonly [RegExp, (address: HypervisorAddress, match: readonly string[]) => string])[] = [
  [
    /no connection driver available for|invalid connection pointer|URI scheme .* is not supported|unsupported URI/i,
    ({ uri }) => `libvirt does not know the kind of hypervisor that "${uri}" names: see SUBCONTRACTOR_LIBVIRT_URI`,
  ],
  [
    /Failed to connect socket to '([^']+)': (?:No such file or directory|Connection refused)/,
    ({ isLocal, host }, [, socket]) =>
      `libvirtd does not run on ${isLocal ? "the agent's machine" : host} (nobody is at ${socket}): start it, or say in SUBCONTRACTOR_LIBVIRT_URI where the hypervisor is`,
  ],
  [
    /Failed to connect socket to '[^']+': Permission denied|authentication unavailable|authentication failed|polkit/,
    ({ host }) => `the account of the agent may not use libvirt on ${host}: put it into the group libvirt`,
  ],
  [
    /Host key verification failed/,
    ({ host }) =>
      `the host key of ${host} is not known to the account of the agent, or has changed: log in with ssh once`,
  ],
  [
    /Permission denied \(|Permission denied, please try again/,
    ({ host }) => `${host} does not let the account of the agent in over SSH: it needs a key there`,
  ],
  [
    /certificate|TLS|GnuTLS|gnutls/,
    ({ host }) =>
      `the encryption of the connection to ${host} is not agreed on: look at the certificates of both sides`,
  ],
  [
    /unable to connect to server at|ssh: connect to host|Could not resolve hostname|Name or service not known|No route to host|Network is unreachable|Connection timed out|End of file while reading data|keepalive/i,
    ({ host, uri }) => `${host} cannot be reached (${uri}): look whether it is up, and libvirtd runs on it`,
  ],
  [
    /Cannot get interface MTU on '([^']+)': No such device/,
    ({ host }, [, name]) =>
      `${host} has no network of libvirt and no bridge "${name}": make one, or name the network as one`,
  ],
  [
    /network '([^']+)' is not active/,
    ({ host }, [, name]) => `the network "${name}" of libvirt on ${host} is stopped: virsh net-start ${name}`,
  ],
  [
    /storage pool '([^']+)' is not active/,
    ({ host }, [, name]) => `the storage pool "${name}" on ${host} is stopped: virsh pool-start ${name}`,
  ],
  [
    /[Cc]annot allocate memory|cannot set up guest memory/,
    ({ host }) => `${host} has not as much memory left as the domain wants`,
  ],
  [
    /No space left on device|not enough free space/,
    ({ host }) => `${host} has not as much disk space left as is wanted`,
  ],
];

/** The most of libvirt's own words that is told, in characters. */
const MAX_WORDS = 500;

/** What libvirt has complained of, in its own words, after what that means and what to do, where that is known. */
export function faultOf(stderr: string, address: HypervisorAddress): string {
  const words = stderr
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter(Boolean)
    .join('; ')
    .slice(0, MAX_WORDS);
  for (const [pattern, explain] of KNOWN) {
    const match = pattern.exec(stderr);
    if (match) return `${explain(address, match)} [${words}]`;
  }
  return `libvirt on ${address.host}: ${words || 'virsh failed and said nothing'}`;
}
