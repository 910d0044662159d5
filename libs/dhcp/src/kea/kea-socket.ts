import { connect } from 'node:net';
import type { KeaMap, KeaValue } from './kea-json.ts';

/** Kea cannot be reached, or does not answer in time. */
export class KeaUnreachable extends Error {}

/** Kea has answered that it does not do what it is asked for; the message is Kea's. */
export class KeaRefusal extends Error {}

/** How long an answer may take unless said otherwise, in milliseconds: 10,000 reservations are set within a second. */
const ANSWER_MS = 30_000;
/** The longest answer that is read, in octets: some 300,000 leases. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** Asks Kea for something. */
export type AskKea = (command: string, parameters?: KeaMap) => Promise<KeaValue>;

/**
 * Asks a server of Kea's over its control socket. What it has nothing of is null.
 * @throws KeaUnreachable, KeaRefusal
 */
export function keaSocket(file: string, answerMs: number = ANSWER_MS): AskKea {
  return async (command, parameters) => {
    const request = JSON.stringify(parameters ? { command, arguments: parameters } : { command });
    const text = await exchange(file, request, answerMs);
    let answer: { readonly result?: unknown; readonly text?: unknown; readonly arguments?: KeaValue };
    try {
      answer = JSON.parse(text) as typeof answer;
    } catch (cause) {
      throw new KeaUnreachable(`${file}: it answers ${command} with something that is no JSON`, { cause });
    }
    // 3: there is nothing of that kind.
    if (answer.result === 0 || answer.result === 3) return answer.arguments ?? null;
    const words = typeof answer.text === 'string' ? answer.text : `it answers ${command} with ${text.slice(0, 300)}`;
    throw new KeaRefusal(words);
  };
}

function exchange(file: string, request: string, answerMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const socket = connect(file);
    const fail = (why: string, cause?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new KeaUnreachable(`${file}: ${why}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no answer within ${answerMs / 1000} s`), answerMs);
    socket.on('error', (error: NodeJS.ErrnoException) => fail(WORDS[error.code ?? ''] ?? error.message, error));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length > MAX_ANSWER) fail(`the answer is longer than ${MAX_ANSWER} octets`);
    });
    socket.on('end', () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(parts).toString('utf8'));
    });
  });
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'the socket is not there: Kea does not run, or has another control-socket',
  ECONNREFUSED: 'nobody listens on the socket: Kea does not run',
  EACCES: 'the socket must not be used by this user',
};
