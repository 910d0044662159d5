import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';

/** What a DHCP server has answered. */
export interface DhcpAnswer {
  /** 2: OFFER, 5: ACK, 6: NAK. */
  readonly type: number;
  readonly address: string;
  /** The next server. */
  readonly server: string;
  readonly file: string;
  readonly options: ReadonlyMap<number, Buffer>;
}

/** A DHCP relay of a test's own, with a client behind it. */
export interface DhcpRelay {
  /** Asks for a lease. @returns what it was given, undefined: nobody has answered */
  lease(mac: string, options?: readonly (readonly [number, string])[]): Promise<DhcpAnswer | undefined>;
  stop(): void;
}

/** How long an answer is waited for, and how often it is asked. */
const WAIT_MS = 1000;
const TRIES = 3;

const octets = (address: string): Buffer => Buffer.from(address.split('.').map(Number));
const dotted = (bytes: Buffer): string => [...bytes].join('.');

/** Starts a relay at an address of loopback. @param port where the server answers relays */
export async function startDhcpRelay(
  address: string,
  port: number,
  server: { readonly address: string; readonly port: number },
): Promise<DhcpRelay> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');

  /** The answer to a packet; others that come meanwhile are for somebody else. */
  const answerTo = (packet: Buffer): Promise<Buffer | undefined> =>
    new Promise((resolve) => {
      const done = (answer?: Buffer) => {
        clearTimeout(timer);
        socket.off('message', hear);
        resolve(answer);
      };
      const hear = (heard: Buffer) => {
        if (heard.subarray(4, 8).equals(packet.subarray(4, 8))) done(heard);
      };
      const timer = setTimeout(done, WAIT_MS);
      socket.on('message', hear);
      socket.send(packet, server.port, server.address);
    });
  const ask = async (packet: Buffer): Promise<DhcpAnswer | undefined> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await answerTo(packet);
      if (answer) return readAnswer(answer);
    }
    return undefined;
  };

  return {
    async lease(mac, options = []) {
      const said = options.map(([code, hex]): readonly [number, Buffer] => [code, Buffer.from(hex, 'hex')]);
      const offer = await ask(message(1, mac, address, said));
      if (offer?.type !== 2) return undefined;
      const chosen = [[50, octets(offer.address)] as const, [54, offer.options.get(54) ?? Buffer.alloc(4)] as const];
      return ask(message(3, mac, address, [...said, ...chosen]));
    },
    stop: () => void socket.close(),
  };
}

function message(type: number, mac: string, relay: string, options: readonly (readonly [number, Buffer])[]): Buffer {
  const head = Buffer.alloc(236);
  head.set([1, 1, 6, 1], 0);
  randomBytes(4).copy(head, 4);
  octets(relay).copy(head, 24);
  Buffer.from(mac.replaceAll(':', ''), 'hex').copy(head, 28);
  const said = options.map(([code, value]) => Buffer.concat([Buffer.of(code, value.length), value]));
  return Buffer.concat([head, Buffer.of(99, 130, 83, 99, 53, 1, type), ...said, Buffer.of(255)]);
}

function readAnswer(packet: Buffer): DhcpAnswer {
  const options = new Map<number, Buffer>();
  for (let at = 240; at < packet.length && packet[at] !== 255;) {
    const [code = 0, length = 0] = packet.subarray(at, at + 2);
    if (code === 0) at += 1;
    else {
      options.set(code, packet.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  const file = packet.subarray(108, 236);
  return {
    type: options.get(53)?.[0] ?? 0,
    address: dotted(packet.subarray(16, 20)),
    server: dotted(packet.subarray(20, 24)),
    file: file.subarray(0, file.indexOf(0)).toString(),
    options,
  };
}
