/** An event of a stream of server-sent events; one without data only sets the position. */
export interface StreamEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** The longest event that is read, in characters. */
export const MAX_EVENT = 1024 * 1024;

/** Takes a stream of server-sent events apart, as it comes. */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;
  #size = 0;

  /** @returns the events that end in a chunk @throws Error where one is too long */
  push(chunk: string): StreamEvent[] {
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const events = lines.flatMap((line) => this.#take(line));
    if (this.#size + this.#rest.length > MAX_EVENT) throw new Error(`an event is longer than ${MAX_EVENT} characters`);
    return events;
  }

  #take(line: string): StreamEvent[] {
    if (line === '') return this.#end();
    this.#size += line.length;
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
    return [];
  }

  #end(): StreamEvent[] {
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    [this.#event, this.#data, this.#id, this.#size] = ['', [], undefined, 0];
    return event.data === '' && event.id === undefined ? [] : [event];
  }
}
