import type { Socket } from 'node:dgram';
import type { FileHandle } from 'node:fs/promises';
import type { BootOutcome } from '../trace/boot-request.ts';
import { SendWindow } from './send-window.ts';
import { dataPacket, errorPacket, optionsPacket, readTftp, TFTP_ERROR } from './tftp-packets.ts';
import type { TftpTerms } from './tftp-terms.ts';

/** How a transfer has ended. */
export interface TransferEnd {
  readonly outcome: Extract<BootOutcome, 'served' | 'broken off'>;
  /** How many octets the client has. */
  readonly size: number;
  readonly detail: string;
}

/** What is sent to whom. */
export interface TftpTransfer {
  /** A socket of its own, connected to the client. */
  readonly socket: Socket;
  readonly file: Pick<FileHandle, 'read'>;
  /** Of the file, in octets. */
  readonly size: number;
  readonly terms: TftpTerms;
  /** Ends it early. */
  readonly stop: AbortSignal;
}

/** How often something is sent in all before the client is given up. */
const MAX_TRIES = 6;
/** How long a transfer may take, in milliseconds. */
const MAX_MS = 1_800_000;

/** Sends a file to a TFTP client until it has the whole, says that it wants no more, or does not answer. */
export function sendOverTftp({ socket, file, size, terms, stop }: TftpTransfer): Promise<TransferEnd> {
  const { blockSize, window: windowSize, timeoutMs, agreed } = terms;
  const window = new SendWindow(size, blockSize, windowSize);
  const begun = performance.now();
  return new Promise((resolve) => {
    let agreedTo = agreed.size === 0;
    let tries = 0;
    let sending = false;
    let again = false;
    let ended = false;
    let timer: NodeJS.Timeout | undefined;

    const end = (outcome: TransferEnd['outcome'], detail: string): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      stop.removeEventListener('abort', stopped);
      socket.removeAllListeners('message').removeAllListeners('error');
      socket.on('error', () => undefined);
      resolve({ outcome, size: Math.min(window.acknowledged * blockSize, size), detail });
    };
    const fail = (code: number, detail: string): void => {
      if (ended) return;
      socket.send(errorPacket(code, detail), () => undefined);
      end('broken off', detail);
    };
    /** Where the client has closed its port, the network says so. */
    const sent = (error: Error | null): void => {
      if (error) end('broken off', reasonOf(error));
    };
    const stopped = (): void => fail(TFTP_ERROR.undefined, 'the server stops');

    const send = (): void => {
      tries += 1;
      if (tries > MAX_TRIES) return end('broken off', `no answer after ${MAX_TRIES} tries`);
      if (performance.now() - begun > MAX_MS) return fail(TFTP_ERROR.undefined, 'it takes too long');
      clearTimeout(timer);
      timer = setTimeout(send, timeoutMs);
      if (!agreedTo) socket.send(optionsPacket(agreed), sent);
      else void sendBlocks().catch((error: unknown) => fail(TFTP_ERROR.undefined, reasonOf(error)));
    };
    const sendBlocks = async (): Promise<void> => {
      again = true;
      if (sending) return;
      sending = true;
      try {
        while (again) {
          again = false;
          const [first, last] = window.blocks;
          const begins = (first - 1) * blockSize;
          const wanted = Math.min(last * blockSize, size) - begins;
          const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, begins);
          if (ended) return;
          if (bytesRead < wanted) throw new Error('the file has become shorter');
          for (let block = first; block <= last; block += 1) {
            const at = (block - first) * blockSize;
            socket.send(dataPacket(block, buffer.subarray(at, Math.min(at + blockSize, wanted))), sent);
          }
        }
      } finally {
        sending = false;
      }
    };

    socket.on('message', (packet) => {
      const message = readTftp(packet);
      if (message?.kind === 'error') end('broken off', `the client: ${message.text || `error ${message.code}`}`);
      if (message?.kind !== 'ack') return;
      if (!agreedTo) {
        if (message.block !== 0) return;
        agreedTo = true;
        tries = 0;
        send();
        return;
      }
      const has = window.take(message.block);
      if (has === 'done') end('served', '');
      if (has !== 'send') return;
      tries = 0;
      send();
    });
    socket.on('error', sent);
    stop.addEventListener('abort', stopped);
    send();
  });
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'the client is gone' : (error as Error).message;
