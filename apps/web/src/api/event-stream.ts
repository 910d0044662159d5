/** An event as it comes over the wire of server-sent events. */
export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** The most characters of a block that has not ended; what goes on without an end is no event stream. */
const MAX_OPEN = 4 * 1024 * 1024;

/** Reads server-sent events from pieces of text, in whichever way they are cut. */
export class EventStreamReader {
  #open = '';

  /** The events that are whole with this piece. */
  read(piece: string): readonly ServerEvent[] {
    this.#open += piece;
    const blocks = this.#open.split(/\r?\n\r?\n/);
    this.#open = blocks.pop() ?? '';
    if (this.#open.length > MAX_OPEN) throw new Error('an event without an end');
    return blocks.map(eventOf).filter((event) => event.id !== undefined || event.data !== undefined);
  }
}

function eventOf(block: string): ServerEvent {
  const found: { id?: string; event?: string; data?: string } = {};
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^(id|event|data):? ?(.*)$/.exec(line) ?? [];
    if (name === 'data') found.data = found.data === undefined ? value : `${found.data}\n${value}`;
    else if (name === 'id' || name === 'event') found[name] = value;
  }
  return found;
}
