import { connect } from 'node:net';

/** Run in a process of its own: `http-load <port> <connections> <requests each> <request>`, one request at a time per connection. */
const [port = 0, connections = 1, each = 1] = process.argv.slice(2, 5).map(Number);
const request = process.argv[5] ?? '';

/** Sends its share over one connection; every answer is as long as the first. */
function converse(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let length = 0;
    let received = 0;
    let left = each;
    socket.on('error', reject);
    socket.on('connect', () => socket.write(request));
    socket.on('data', (part: Buffer) => {
      if (length === 0) length = part.length;
      received += part.length;
      if (received < length) return;
      received = 0;
      left--;
      if (left > 0) socket.write(request);
      else socket.destroy();
      if (left === 0) resolve();
    });
  });
}

await Promise.all(Array.from({ length: connections }, converse));
