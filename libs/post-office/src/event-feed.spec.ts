import { describe, expect, it } from '@jest/globals';
import type { Catalogue, EventPage, Model } from '#api';
import { text } from '#api';
import type { StoredEvent } from '#event-store';
import type { View } from '#read-store';
import { entityRows } from '#read-store';
import { sites } from '#site';
import { EventFeed } from './event-feed.ts';
import { subscription } from './subscription.ts';
import type { EventFacts } from './public-event.ts';

const rows = entityRows(subscription, { name: 'subscriptions', version: 1, key: 'text' });
const MODELS: readonly Model[] = [
  { path: 'Site/Site', sites: 'itself', fields: { description: text() }, rows: sites },
  { path: 'PostOffice/Subscription', sites: { index: 'site' }, fields: {}, rows },
];
const catalogue = {
  models: MODELS,
  model: (path: string) => MODELS.find((one) => one.path === path),
  family: (path: string) => path,
} as unknown as Catalogue;

const PARENTS: Readonly<Record<string, string | null>> = { low: 'top', top: null };

/** A log in memory: what is appended is heard at once by whoever has subscribed. */
function example() {
  const log: StoredEvent[] = [];
  const hearers = new Set<(events: readonly StoredEvent[], end: bigint) => unknown>();
  const shown: bigint[] = [];
  const looked: string[] = [];
  const feed = new EventFeed({
    store: {
      head: async () => BigInt(log.length),
      readAll: async (after, { limit = 1000, categories = [] } = {}) => {
        // As adapters do: the limit is one of what is read, of which some may be left out.
        const read = log.filter(({ position }) => position > after).slice(0, limit);
        const events = read.filter(({ stream }) => categories.includes(stream.split('-')[0] ?? ''));
        return { events, end: read.at(-1)?.position ?? after };
      },
      subscribe: (_, handle) => {
        hearers.add(handle);
        return { stop: async () => void hearers.delete(handle) };
      },
    },
    upcasters: {},
    facts: {
      of: async ({ stream, id }): Promise<EventFacts> => {
        looked.push(stream);
        const site = stream.startsWith('site-');
        return { object: { model: site ? 'Site/Site' : 'PostOffice/Subscription', id }, site: 'low', blueprint: null };
      },
    },
    catalogue: () => catalogue,
    view: () =>
      ({
        get: async (_: unknown, name: string) => (name in PARENTS ? { parent: PARENTS[name] } : undefined),
      }) as unknown as View,
    shown: async (position) => void shown.push(position),
    declaredSecrets: async () => ['pin'],
    onError: (error) => {
      throw error;
    },
  });
  const append = async (stream: string, type: string, data: object, actor = 'ann'): Promise<void> => {
    const position = BigInt(log.length + 1);
    const meta = JSON.stringify({
      v: 1,
      at: `2026-01-01T00:00:00.${String(position).padStart(6, '0')}+00:00`,
      actor,
      request: `r${position}`,
      correlation: 'c',
    });
    log.push({ position, stream, revision: 0, id: `e${position}`, type, data: JSON.stringify(data), meta });
    for (const hear of hearers) await hear(log.slice(-1), position);
  };
  return { append, feed, hearers, looked, shown };
}

const all = (): boolean => true;
const kindsOf = ({ messages }: EventPage): string[] => messages.map(({ kind }) => kind);

describe('the feed of public events', () => {
  it('tells what the log holds behind a position, where it was, and how far it was looked through', async () => {
    const { append, feed, shown } = example();
    await append('site-low', 'SiteDescribed', { description: 'x' });
    await append('other-1', 'Nothing', {});
    await append('site-low', 'SiteConfigured', {
      configValues: [
        ['pin', '1'],
        ['port', 2],
      ],
    });
    await append('other-1', 'Nothing', {});
    const page = await feed.read(0n, all);
    expect([kindsOf(page), page.end, shown]).toEqual([['site.described', 'site.configured'], 4n, [3n]]);
    expect(page.messages[1]).toMatchObject({
      position: 3n,
      object: { model: 'Site/Site', id: 'low' },
      objects: [{ model: 'Site/Site', id: 'low' }],
      site: 'low',
      sites: ['low', 'top'],
      event: { kind: 'site.configured', actor: 'ann', request: 'r3' },
      data: { configValues: { pin: '********', port: 2 } },
    });
    expect((await feed.read(3n, all)).messages).toEqual([]);
    expect(await Promise.all([feed.hasSite('low'), feed.hasSite('none'), feed.head()])).toEqual([true, false, 4n]);
  });

  it("tells what stands behind many events that are nobody else's business, page by page", async () => {
    const { append, feed } = example();
    for (let n = 0; n < 450; n += 1) await append('other-1', 'Nothing', {});
    await append('site-low', 'SiteDescribed', { description: 'x' });
    const ends: bigint[] = [];
    const kinds: string[] = [];
    for (let at = 0n; at < 451n; at = ends.at(-1) ?? 451n) {
      const page = await feed.read(at, all);
      ends.push(page.end);
      kinds.push(...kindsOf(page));
    }
    expect([ends, kinds]).toEqual([[200n, 400n, 451n], ['site.described']]);
    expect((await feed.read(451n, all)).end).toBe(451n);
  });

  it('works nothing out for events that are not wanted, by their kind, their actor or what they touch', async () => {
    const { append, feed, looked } = example();
    await append('site-low', 'SiteDescribed', { description: 'x' });
    await append('site-top', 'SiteDescribed', { description: 'x' }, 'bob');
    await append('site-low', 'SiteMoved', { parent: null });
    expect(kindsOf(await feed.read(0n, (kind) => kind === 'site.moved'))).toEqual(['site.moved']);
    expect(looked.splice(0)).toEqual(['site-low']);
    expect((await feed.read(0n, all, { actors: ['bob'] })).messages.map(({ position }) => position)).toEqual([2n]);
    expect(looked.splice(0)).toEqual(['site-top']);
    expect(kindsOf(await feed.read(0n, all, { model: 'Site/Site', id: 'low' }))).toEqual([
      'site.described',
      'site.moved',
    ]);
    expect(looked.splice(0)).toEqual(['site-low', 'site-low']);
    expect(kindsOf(await feed.read(0n, all, { model: 'PostOffice/Subscription' }))).toEqual([]);
    expect(looked).toEqual([]);
  });

  it('changes of subscriptions are told, with nothing that would let anybody in', async () => {
    const { append, feed } = example();
    const secret = { $secret: 's1' };
    const given = {
      token: 't',
      url: 'https://x/?key=k',
      proxy: 'http://u:p@x',
      headers: [['X-Key', secret]],
      key: secret,
    };
    await append('subscription-all', 'SubscriptionDefined', {
      ...given,
      description: 'd',
      kinds: ['*'],
      enabled: true,
    });
    await append('subscription-all', 'SubscriptionKeyRenewed', { key: secret, oldKey: secret, oldKeyUntil: 'x' });
    const { messages } = await feed.read(0n, all);
    expect(messages.map(({ kind, data }) => [kind, data])).toEqual([
      ['subscription.created', { description: 'd', kinds: ['*'], enabled: true }],
      ['subscription.key_renewed', {}],
    ]);
    expect(feed.models).toEqual(expect.arrayContaining(['PostOffice/FoundationBox', 'PostOffice/StructureBox']));
  });

  it('tells those who listen, together, and hears nothing while there is nobody', async () => {
    const { append, feed, hearers, looked } = example();
    await append('site-low', 'SiteDescribed', { description: 'before' });
    const heard: string[][] = [[], []];
    const listen = (n: number, kind: string) =>
      feed.listen({ wants: (one) => one === kind, hear: (page) => void heard[n]?.push(...kindsOf(page)) });
    const ends = [await listen(0, 'site.described'), await listen(1, 'site.moved')];
    expect([hearers.size, feed.reached]).toEqual([1, 1n]);
    await append('site-low', 'SiteDescribed', { description: 'x' });
    await append('site-low', 'SiteZoneChosen', { zone: null });
    await append('site-low', 'SiteMoved', { parent: null });
    // What any of them wants is told to all; each takes what it asked for.
    expect(heard).toEqual([
      ['site.described', 'site.moved'],
      ['site.described', 'site.moved'],
    ]);
    expect([looked.length, feed.reached]).toEqual([2, 4n]);
    for (const end of ends) end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(hearers.size).toBe(0);
  });
});
