import type { RemoteInfo, Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { Logger } from '#kernel';
import type { ServedRequest } from '../trace/boot-request.ts';
import type { BootFile, BootFiles } from './boot-files.ts';
import type { TftpMessage } from './tftp-packets.ts';
import { errorPacket, readTftp, TFTP_ERROR } from './tftp-packets.ts';
import { agreeTerms } from './tftp-terms.ts';
import { sendOverTftp } from './tftp-transfer.ts';

/** Where something is listened to. */
export interface ListenAt {
  readonly address: string;
  /** 0: any. */
  readonly port: number;
}

/** What files are served with. */
export interface FileServerOptions {
  readonly at: ListenAt;
  readonly files: BootFiles;
  /** Where the server has a boot script for whoever asks; undefined: there is no way to it from here. */
  readonly scripts?: string | undefined;
  /** Told of each request once it is over. */
  readonly note: (request: ServedRequest) => void;
  readonly log: Logger;
}

/** A server of files. */
export interface FileServer {
  readonly port: number;
  /** How many requests are under way. */
  readonly active: () => number;
  stop(): Promise<void>;
}

/** How many transfers are made at once; who asks for more is not answered, and asks again. */
export const MAX_TRANSFERS = 256;
/** How many of them go to one address. */
export const MAX_TRANSFERS_EACH = 8;

/** Serves files over TFTP: they are read and never written. @throws Error where the port cannot be taken */
export async function serveTftp({ at, files, note, log }: FileServerOptions): Promise<FileServer> {
  const type = isIPv6(at.address) ? 'udp6' : 'udp4';
  const socket = createSocket(type);
  const stopping = new AbortController();
  /** By address and port of the client: what it sends twice begins once. */
  const active = new Map<string, { readonly address: string; readonly done: Promise<void> }>();

  const refuse = (to: RemoteInfo, code: number, text: string): void =>
    socket.send(errorPacket(code, text), to.port, to.address, () => undefined);

  const answer = async (from: RemoteInfo, asked: Extract<TftpMessage, { kind: 'read' }>): Promise<void> => {
    const [time, begun] = [new Date().toISOString(), performance.now()];
    const over = (outcome: ServedRequest['outcome'], size: number, detail: string): void =>
      note({
        time,
        address: plainAddress(from.address),
        kind: 'tftp',
        what: asked.file,
        outcome,
        size,
        durationMs: Math.round(performance.now() - begun),
        detail,
      });
    if (asked.mode !== 'octet') {
      refuse(from, TFTP_ERROR.illegal, 'only the mode octet is served');
      return over('refused', 0, `the mode is ${JSON.stringify(asked.mode)}`);
    }
    const found = await files.find(asked.file);
    if ('outcome' in found) {
      const missing = found.outcome === 'missing';
      refuse(from, missing ? TFTP_ERROR.notFound : TFTP_ERROR.accessViolation, found.reason);
      return over(found.outcome, 0, found.reason);
    }
    const end = await transfer(from, found, asked);
    over(end.outcome, end.size, end.detail);
  };

  const transfer = async (from: RemoteInfo, { file, size }: BootFile, { options }: { options: TftpOptionsOf }) => {
    const own = createSocket(type);
    try {
      await connected(own, at.address, from);
      const handle = await open(file, 'r');
      try {
        const terms = agreeTerms(options, size);
        return await sendOverTftp({ socket: own, file: handle, size, terms, stop: stopping.signal });
      } finally {
        await handle.close();
      }
    } catch (error) {
      refuse(from, TFTP_ERROR.undefined, 'the file cannot be read');
      log.warn('a file cannot be sent over TFTP', { file, reason: (error as Error).message });
      return { outcome: 'broken off', size: 0, detail: (error as Error).message } as const;
    } finally {
      own.close();
    }
  };

  socket.on('message', (packet, from) => {
    const asked = readTftp(packet);
    if (asked?.kind === 'write') refuse(from, TFTP_ERROR.accessViolation, 'nothing can be written here');
    if (asked?.kind !== 'read' || stopping.signal.aborted) return;
    const key = `${from.address} ${from.port}`;
    const { address } = from;
    if (active.has(key) || active.size >= MAX_TRANSFERS) return;
    if ([...active.values()].filter((one) => one.address === address).length >= MAX_TRANSFERS_EACH) return;
    const done = answer(from, asked)
      .catch((error: unknown) => log.error('a request over TFTP failed', error, { address }))
      .finally(() => active.delete(key));
    active.set(key, { address, done });
  });
  await bound(socket, at);
  socket.on('error', (error) => log.error('TFTP failed', error));
  return {
    port: socket.address().port,
    active: () => active.size,
    async stop() {
      stopping.abort();
      await Promise.all([...active.values()].map(({ done }) => done));
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

type TftpOptionsOf = Extract<TftpMessage, { kind: 'read' }>['options'];

/** An address as it is written, where IPv6 has one of IPv4 within. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

async function bound(socket: Socket, { address, port }: ListenAt): Promise<void> {
  const listening = once(socket, 'listening');
  socket.bind({ address, port });
  await listening;
}

/** Gives a transfer a port of its own, which takes packets of the client alone. */
async function connected(socket: Socket, address: string, to: RemoteInfo): Promise<void> {
  await bound(socket, { address, port: 0 });
  const connecting = once(socket, 'connect');
  socket.connect(to.port, to.address);
  await connecting;
}
