import { addressesIn, clientAddress } from './client-address.ts';
import type { HttpRequest } from './http-exchange.ts';

/** How a request has come to the server, or to the first proxy that is trusted. */
export type Arrival = Pick<HttpRequest, 'source' | 'secure' | 'forwardedHost'>;

/**
 * Finds out how requests have come; undefined where the socket tells all there is to know.
 * @param trusted addresses and blocks of proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` count
 * @param https whether this server itself speaks TLS
 */
export function arrivalOf(trusted: readonly string[], https: boolean): ((request: HttpRequest) => Arrival) | undefined {
  const sourceOf = clientAddress(trusted);
  if (!sourceOf) return https ? ({ source }) => ({ source, secure: true }) : undefined;
  const isTrusted = addressesIn(trusted);
  return (request) => {
    const source = sourceOf(request);
    if (!isTrusted(request.source)) return { source, secure: https };
    const schemes = valuesOf(request.header('x-forwarded-proto'));
    return {
      source,
      // Where there were several proxies, each of them has to say so.
      secure: schemes.length > 0 ? schemes.every((scheme) => scheme.toLowerCase() === 'https') : https,
      forwardedHost: valuesOf(request.header('x-forwarded-host'))[0],
    };
  };
}

/** The entries of a list in a header. */
const valuesOf = (header = ''): readonly string[] =>
  header.split(',').flatMap((value) => (value.trim() === '' ? [] : [value.trim()]));
