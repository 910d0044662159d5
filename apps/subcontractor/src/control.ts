import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';

/** What a running subcontractor can be asked for. */
export type ControlRequest = 'status' | 'stop';

/** How long a subcontractor may take to answer, in milliseconds. */
const ANSWER_MS = 5000;
/** The longest answer that is read, in characters. */
const MAX_ANSWER = 4 * 1024 * 1024;

/** Answers requests on a socket in the file system, each a line, with JSON. @returns closes it */
export async function serveControl(
  socketFile: string,
  answer: (request: ControlRequest) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let asked = '';
    let answered = false;
    socket.setEncoding('utf8').setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: string) => {
      asked += text;
      if (answered || (!asked.includes('\n') && asked.length < 100)) return;
      answered = true;
      const request = asked.split('\n', 1)[0];
      if (request === 'status' || request === 'stop') {
        answer(request).then(
          (given) => socket.end(`${JSON.stringify(given)}\n`),
          () => socket.destroy(),
        );
      } else socket.destroy();
    });
  });
  // What a process has left that was killed: nobody listens there.
  await rm(socketFile, { force: true });
  server.listen(socketFile);
  await once(server, 'listening');
  server.unref();
  return async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
}

/** Asks a running subcontractor. @throws Error where none answers */
export function askControl(socketFile: string, request: ControlRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketFile);
    let text = '';
    socket.setEncoding('utf8').setTimeout(ANSWER_MS, () => socket.destroy(new Error('it does not answer')));
    socket.on('error', reject);
    socket.on('connect', () => socket.write(`${request}\n`));
    socket.on('data', (part: string) => {
      text += part;
      if (text.length > MAX_ANSWER) socket.destroy(new Error('it answers without end'));
    });
    socket.on('close', () => {
      try {
        resolve(JSON.parse(text));
      } catch {
        reject(new Error('it does not answer'));
      }
    });
    socket.on('end', () => socket.end());
  });
}
