import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';

/** The messages that come until the signal aborts; what has come by then is still given. */
export async function* endingWith(signal: AbortSignal, messages: ConsumerMessages): AsyncGenerator<JsMsg> {
  const close = () => void messages.close();
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  try {
    yield* messages;
  } finally {
    signal.removeEventListener('abort', close);
  }
}
