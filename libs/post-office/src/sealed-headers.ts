import type { JsonMap, SecretReference, UnitOfWork } from '#kernel';
import { isSecretReference, MASK } from '#kernel';
import type { Sealing } from './sealed-map.ts';

/** How many headers a subscription may have. */
export const MAX_HEADERS = 20;
/** How long a value of a header may be, in characters. */
const MAX_HEADER_VALUE = 4096;

/** Headers that are made for every delivery, or that belong to the connection. */
const TAKEN =
  /^(?:webhook-.*|traceparent|content-(?:type|length)|user-agent|host|connection|transfer-encoding|expect|upgrade|te|trailer|keep-alive|proxy-.*)$/i;

/** Headers by name, with references to their values. */
type SealedHeaders = readonly (readonly [name: string, value: SecretReference])[];

/** Headers as they are kept: the values are secrets. A mask is the value before; where there is none, that is a fault. */
export async function sealedHeaders(
  work: UnitOfWork,
  headers: JsonMap,
  { secrets, owner, request }: Sealing,
  before: SealedHeaders = [],
): Promise<SealedHeaders> {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS)
    work.fault('headers', 'TOO_MANY', `must be at most ${MAX_HEADERS}, not ${entries.length}`);
  const kept: [string, SecretReference][] = [];
  for (const [header, value] of entries) {
    const old = before.find(([one]) => one === header)?.[1];
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header) || TAKEN.test(header)) {
      work.fault('headers', 'NAME', `${JSON.stringify(header)} can be no name of an extra header`);
    } else if (value === MASK) {
      if (isSecretReference(old)) kept.push([header, old]);
      else work.fault('headers', 'MASKED', `the value of ${header} is a mask, and there is no value it stands for`);
    } else if (typeof value !== 'string' || !/^[\t\u0020-\u007E]*$/.test(value) || value.length > MAX_HEADER_VALUE) {
      const rule = `must be a text of at most ${MAX_HEADER_VALUE} printable ASCII characters`;
      work.fault('headers', 'INVALID_VALUE', `the value of ${header} ${rule}`);
    } else {
      kept.push([header, await secrets.keep(value, `${owner} ${header}`, request)]);
    }
  }
  return kept;
}
