import type { AppendOptions, Check, Write } from './event-store.ts';
import {
  AppendRefused,
  MAX_APPEND_BYTES,
  MAX_APPEND_STREAMS,
  MAX_LARGE_APPEND_BYTES,
  MAX_LARGE_APPEND_STREAMS,
} from './event-store.ts';

/** What every adapter asks of an append before it touches the store. */
export function checkAppend(writes: readonly Write[], checks: readonly Check[], { large }: AppendOptions = {}): void {
  const mostStreams = large ? MAX_LARGE_APPEND_STREAMS : MAX_APPEND_STREAMS;
  const mostBytes = large ? MAX_LARGE_APPEND_BYTES : MAX_APPEND_BYTES;
  if (writes.length === 0 || writes.some((write) => write.events.length === 0)) {
    throw new AppendRefused('EMPTY', 'an append needs at least one stream, and at least one event for each');
  }
  // One of the stores compares names without case.
  const streams = [...writes, ...checks].map(({ stream }) => stream.toLowerCase());
  if (new Set(streams).size !== streams.length) {
    throw new AppendRefused('STREAM_TWICE', 'a stream may stand only once in an append');
  }
  if (streams.length > mostStreams) {
    throw new AppendRefused('TOO_MANY_STREAMS', `${streams.length} streams in one append; at most ${mostStreams}`);
  }
  let bytes = 0;
  for (const write of writes) {
    for (const event of write.events) {
      bytes += Buffer.byteLength(event.data) + Buffer.byteLength(event.meta);
      if (event.data.includes('\u0000') || event.meta.includes('\u0000')) {
        throw new AppendRefused('NUL_CHARACTER', `event ${event.type} of ${write.stream} holds a NUL character`);
      }
    }
  }
  if (bytes > mostBytes) {
    throw new AppendRefused('TOO_LARGE', `${bytes} bytes in one append; at most ${mostBytes}`);
  }
}
