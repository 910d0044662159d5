import type { BodyStream } from './body-stream.ts';
import type { HttpAnswer, HttpHandler } from './http-exchange.ts';

/** Makes of texts what clients are shown. */
export interface ShownTexts {
  /** Undefined: it takes a while, see `shown`. */
  shownAtOnce(text: string): string | undefined;
  shown(text: string): Promise<string>;
}

/** What every text that is changed has in it, and where a text is noted that could not be shown. */
export interface ShownTextsOptions {
  readonly mark: string;
  readonly onError: (error: unknown) => void;
}

/**
 * A handler of which every text that goes out is shown: fields of the head, bodies, and bodies that go on. Where that fails, a
 * text goes out as it is.
 */
export function withTexts(handle: HttpHandler, texts: ShownTexts, { mark, onError }: ShownTextsOptions): HttpHandler {
  const later = (text: string): Promise<string> =>
    texts.shown(text).catch((error: unknown) => {
      onError(error);
      return text;
    });
  const show = (text: string): string | Promise<string> => texts.shownAtOnce(text) ?? later(text);
  const whole = async ({ headers, text, bytes, stream, ...answer }: HttpAnswer): Promise<HttpAnswer> => ({
    ...answer,
    headers: Object.fromEntries(
      await Promise.all(Object.entries(headers).map(async ([name, value]) => [name, await show(value)] as const)),
    ),
    ...(text === undefined ? {} : { text: await show(text) }),
    ...(bytes === undefined ? {} : { bytes: bytes.includes(mark) ? Buffer.from(await show(bytes.toString())) : bytes }),
    ...(stream === undefined ? {} : { stream: (body) => stream(shownStream(body, show)) }),
  });
  return async (request) => {
    const answer = await handle(request);
    return answer && isConcerned(answer, mark) ? whole(answer) : answer;
  };
}

function isConcerned({ headers, text, bytes, stream }: HttpAnswer, mark: string): boolean {
  if (stream || text?.includes(mark) || bytes?.includes(mark)) return true;
  for (const name in headers) if (headers[name]?.includes(mark)) return true;
  return false;
}

/** A body that shows what is written to it, in the order in which it was written. */
function shownStream(body: BodyStream, show: (text: string) => string | Promise<string>): BodyStream {
  let queued = 0;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const enqueue = (task: () => Promise<void>, length: number): void => {
    queued += 1;
    waiting += length;
    last = last.then(task).finally(() => {
      queued -= 1;
      waiting -= length;
    });
  };
  return {
    get pending() {
      return body.pending + waiting;
    },
    get closed() {
      return body.closed;
    },
    write: (text) => {
      const shown = show(text);
      if (queued === 0 && typeof shown === 'string') body.write(shown);
      else enqueue(async () => body.write(await shown), text.length);
    },
    drained: async () => {
      for (let seen: Promise<void> | undefined; seen !== last && !body.closed; await seen) seen = last;
      await body.drained();
    },
    end: () => {
      if (queued === 0) body.end();
      else enqueue(async () => body.end(), 0);
    },
    destroy: () => body.destroy(),
    whenClosed: (listener) => body.whenClosed(listener),
  };
}
