import { isMap } from '#platform';

/** At most this many characters of what a service says are told. */
const MAX_TOLD = 500;

/** What a service says of a request that it refused, in its own words; `''`: nothing. */
export function messagesOf(text: string): string {
  const error = errorIn(text);
  if (error === undefined) return '';
  const info = error['@Message.ExtendedInfo'];
  const said = (Array.isArray(info) ? info : [])
    .filter(isMap)
    .map(({ Message: message, MessageId: id }) => message ?? id)
    .filter((one) => typeof one === 'string' && one !== '');
  const { message } = error;
  const all = said.length > 0 ? said.join(' ') : typeof message === 'string' ? message : '';
  return all.length > MAX_TOLD ? `${all.slice(0, MAX_TOLD)}…` : all;
}

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
