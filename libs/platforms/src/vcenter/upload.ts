import { createReadStream } from 'node:fs';
import * as https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { ArchivedFile } from './ova-file.ts';

/** How long a host may be silent while it is sent a disk, in milliseconds. */
const SILENCE_MS = 120_000;

/** Sends a file of an archive to a URL of a host. @param sent is told how many bytes of it have gone so far */
export async function upload(
  archive: string,
  { name, offset, size }: ArchivedFile,
  {
    url,
    method,
    signal,
    sent,
  }: {
    readonly url: URL;
    readonly method: 'POST' | 'PUT';
    readonly signal: AbortSignal;
    readonly sent: (bytes: number) => void;
  },
): Promise<void> {
  const request = https.request(url, {
    method,
    signal,
    agent: false,
    rejectUnauthorized: false,
    timeout: SILENCE_MS,
    headers: { 'content-type': 'application/x-vnd.vmware-streamVmdk', 'content-length': String(size) },
  });
  request.on('timeout', () => request.destroy(new Error(`it was silent for ${SILENCE_MS / 1000} seconds`)));
  const answered = new Promise<number>((resolve, reject) => {
    request.on('response', (reply) => {
      reply.on('end', () => resolve(reply.statusCode ?? 0));
      reply.resume();
    });
    request.on('error', reject);
    // Also where the answer breaks off.
    request.on('close', () => reject(new Error('the connection was closed before it had answered')));
  });
  const content = createReadStream(archive, { start: offset, end: Math.max(offset, offset + size - 1) });
  let bytes = 0;
  content.on('data', (chunk) => sent((bytes += chunk.length)));
  try {
    const [status] = await Promise.all([answered, size === 0 ? request.end() : pipeline(content, request)]);
    if (status < 200 || status > 299) throw new Error(`it answers with status ${status}`);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new Error(`${name} can not be sent to ${url.host}: ${(error as Error).message}`, { cause: error });
  }
}
