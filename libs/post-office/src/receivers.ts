import { asText } from '#api';
import type { JsonMap } from '#kernel';
import { traceparent, writeJson } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import type { Secrets } from '#secrets';
import type { Delivery } from './delivery-sender.ts';
import type { GuardedRequest } from './guarded-request.ts';
import { boxes } from './boxes.ts';
import { unsealed } from './sealed-map.ts';
import { signedHeaders } from './signature.ts';
import type { SubscriptionRow } from './subscriptions.ts';
import { isActive } from './subscriptions.ts';

const USER_AGENT = 'Contractor WebHook';
const JSON_TYPE = 'application/json;charset=utf-8';

/** How the ledger of deliveries knows a box. */
export const subscriberOfBox = (id: Key): string => `box-${id}`;

/** The id of a box, by how the ledger of deliveries knows it; undefined: it is none. */
export const boxOf = (subscriber: string): number | undefined =>
  subscriber.startsWith('box-') ? Number(subscriber.slice('box-'.length)) : undefined;

/** What requests to receivers are made from. */
export interface ReceiverOptions {
  readonly reads: Pick<ReadStore, 'now'>;
  readonly secrets: Pick<Secrets, 'read'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type Request = Omit<GuardedRequest, 'signal'>;

/** The secrets of a subscription, in clear text: kept as long as it is as it is. */
interface Opened {
  readonly row: SubscriptionRow;
  readonly keys: readonly { readonly key: string; readonly until: number }[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes the requests by which deliveries are made. */
export class Receivers {
  readonly #options: ReceiverOptions;
  readonly #opened = new WeakMap<SubscriptionRow, Promise<Opened>>();

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** The request to a subscriber, which goes on in the span under way. @throws Erased where its key or a header was erased */
  async toSubscription(row: SubscriptionRow, { id }: Pick<Delivery, 'id'>, body: string): Promise<Request> {
    let opened = this.#opened.get(row);
    if (!opened) {
      opened = this.#open(row);
      this.#opened.set(row, opened);
      opened.catch(() => this.#opened.delete(row));
    }
    const { keys, headers } = await opened;
    const now = this.#options.now();
    const signed = { id, timestamp: Math.floor(now / 1000), body };
    const trace = traceparent();
    const valid = keys.filter(({ until }) => until > now).map(({ key }) => key);
    return {
      method: 'POST',
      url: row.url,
      proxy: row.proxy ?? undefined,
      headers: {
        ...headers,
        'User-Agent': USER_AGENT,
        'Content-Type': JSON_TYPE,
        ...signedHeaders(signed, valid),
        ...(trace === undefined ? {} : { traceparent: trace }),
      },
      body,
    };
  }

  /** The request to a box; undefined: it is gone, or has expired. @param body what the post says, JSON */
  async toBox(id: number, body: string): Promise<Request | undefined> {
    const { reads, secrets, now } = this.#options;
    const row = await reads.now.get(boxes, id);
    if (!row || !isActive({ enabled: true, expires: row.expires }, new Date(now()).toISOString())) return undefined;
    const extra = (await unsealed(row.extraData, secrets)) as JsonMap;
    return {
      method: row.type === 'call' ? 'CALL' : 'POST',
      url: row.url,
      proxy: row.proxy ?? undefined,
      headers: {
        'User-Agent': USER_AGENT,
        'Content-Type': JSON_TYPE,
        ...(row.type === 'call' ? { 'CInP-Version': '1.0' } : {}),
      },
      body: writeJson({ ...extra, ...(JSON.parse(body) as object) }),
    };
  }

  async #open(row: SubscriptionRow): Promise<Opened> {
    const { secrets } = this.#options;
    const keys = [{ key: asText(await secrets.read(row.key)), until: Number.POSITIVE_INFINITY }];
    if (row.oldKey && row.oldKeyUntil) {
      keys.push({ key: asText(await secrets.read(row.oldKey)), until: Date.parse(row.oldKeyUntil) });
    }
    const headers: [string, string][] = [];
    for (const [name, value] of row.headers) headers.push([name, asText(await secrets.read(value))]);
    return { row, keys, headers: Object.fromEntries(headers) };
  }
}
