import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where a hypervisor is: its host, and how libvirt is told to reach it. */
export interface HypervisorAddress {
  readonly host: string;
  readonly uri: string;
  /** Whether it is on the machine of the agent, so that both see the same files. */
  readonly isLocal: boolean;
}

/** In a URI of the settings it stands for the host of the complex. */
export const HOST_MARK = '{host}';

const LOOPBACK = /^(?:localhost|127\..*|::1)$/;

/** Host names and addresses: nothing that could be taken for more of a URI, which can name programs to run. */
const HOST_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/;

/**
 * Where the hypervisor of a host is. Unless a URI is given: on the agent's own machine where the address is one of its own,
 * else on that host, over SSH.
 * @param template a URI of libvirt, in which {@link HOST_MARK} stands for the host
 * @throws Error where the host is no name or address
 */
export function hypervisorAddress(host: string, template?: string): HypervisorAddress {
  if (!HOST_NAME.test(host) && !isIPv6(host)) {
    throw new Error(`host: ${JSON.stringify(host)} is neither a host name nor an IP address`);
  }
  const usual = isOwn(host) ? 'qemu:///system' : `qemu+ssh://${HOST_MARK}/system?no_tty=1`;
  const uri = (template ?? usual).replaceAll(HOST_MARK, isIPv6(host) ? `[${host}]` : host);
  return { host, uri, isLocal: /^[a-z]+(?:\+unix)?:\/\/\//.test(uri) };
}

const isOwn = (host: string): boolean =>
  LOOPBACK.test(host) ||
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
