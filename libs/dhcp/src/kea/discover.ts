import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

/** Octets of an IPv4 address. */
const octets = (address: string): Buffer => Buffer.from(address.split('.').map(Number));

/** What a DHCPDISCOVER says. */
export interface Discover {
  readonly mac: string;
  /** The relay it comes through, by which its subnet is known. */
  readonly giaddr: string;
  /** Random. */
  readonly xid: Buffer;
}

/** A DHCPDISCOVER as a relay sends it. */
export function discoverPacket({ mac, giaddr, xid }: Discover): Buffer {
  const packet = Buffer.alloc(300);
  // A request, Ethernet, 6 octets, through one relay.
  packet.set([1, 1, 6, 1], 0);
  xid.copy(packet, 4, 0, 4);
  octets(giaddr).copy(packet, 24);
  Buffer.from(mac.replaceAll(':', ''), 'hex').copy(packet, 28);
  // The cookie of DHCP; option 53: DISCOVER; the end.
  packet.set([99, 130, 83, 99, 53, 1, 1, 255], 236);
  return packet;
}

/** Where a DISCOVER is sent to. */
export interface DiscoverTarget {
  readonly address: string;
  readonly port: number;
  /** The address of this machine that it comes from, on whose interface a broadcast goes out. */
  readonly from?: string;
}

/** Sends a DISCOVER; the answer goes to the relay, and is not waited for. @throws Error where it cannot be sent */
export async function sendDiscover(
  { mac, giaddr }: Omit<Discover, 'xid'>,
  { address, port, from }: DiscoverTarget,
): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, from, () => {
        socket.setBroadcast(true);
        const packet = discoverPacket({ mac, giaddr, xid: randomBytes(4) });
        socket.send(packet, port, address, (error) => (error ? reject(error) : resolve()));
      });
    });
  } finally {
    socket.close();
  }
}
