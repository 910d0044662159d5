import type { UnitOfWork } from '#kernel';

/** The longest URLs that are taken, in characters. */
export const MAX_URL = 2048;
export const MAX_PROXY = 512;

/** Notes what is wrong with a URL that requests are to go to. @param protocols with their colons */
export function checkUrl(
  work: UnitOfWork,
  field: string,
  text: string,
  protocols: readonly string[] = ['http:', 'https:'],
): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const names = protocols.map((protocol) => `${protocol}//`).join(' or ');
  if (!url || !protocols.includes(url.protocol) || url.hostname === '') {
    work.fault(field, 'INVALID_VALUE', `must be a URL that begins with ${names}, not ${JSON.stringify(text)}`);
  } else if (/[\s\p{Cc}]/u.test(text)) {
    // A URL without them is what requests would go to, and not what was asked for.
    work.fault(field, 'INVALID_VALUE', `must hold no blanks, tabs and line ends: ${JSON.stringify(text)}`);
  } else if (url.port === '0') {
    work.fault(field, 'INVALID_VALUE', 'must not name port 0: nothing listens there');
  } else if (url.username !== '' || url.password !== '') {
    work.fault(field, 'CREDENTIALS', 'must hold no user and no password: it is shown to whoever may look');
  }
}

/** Notes what is wrong with a proxy; nothing is wrong with none. */
export function checkProxy(work: UnitOfWork, proxy: string | null): void {
  if (proxy !== null) checkUrl(work, 'proxy', proxy, ['http:']);
}
