import { isMap } from '#platform';

/** At most this many characters of what a service says are told. */
const MAX_TOLD = 500;

/** What a service says of a request that it refused, in its own words; `''`: nothing. */
export function messagesOf(text: string): string {
  const error = errorIn(text);
  if (error === undefined) return '';
  const { message } = error;
  const said = messagesIn(error['@Message.ExtendedInfo']);
  return said === '' && typeof message === 'string' ? bounded(message) : said;
}

/** The texts of a list of messages, as a service has it in errors and tasks; `''`: none. */
export function messagesIn(messages: unknown): string {
  const said = (Array.isArray(messages) ? messages : [])
    .filter(isMap)
    .map(({ Message: message, MessageId: id }) => message ?? id)
    .filter((one) => typeof one === 'string' && one !== '');
  return bounded(said.join(' '));
}

const bounded = (text: string): string => (text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text);

function errorIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const error = isMap(body) ? body['error'] : undefined;
    return isMap(error) ? error : undefined;
  } catch {
    // Pages of HTML say nothing that an operator wants to read.
    return undefined;
  }
}
