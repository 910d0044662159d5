import { defineModel, integer, map, parameter, staticAction, text } from '#api';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import { boxes } from './boxes.ts';
import { DiscardDeliveries, RetryDeliveries } from './delivery.commands.ts';
import type { KeptDeliveries, KeptDelivery } from './kept-deliveries.ts';
import { boxOf } from './receivers.ts';
import { subscriptions } from './subscriptions.ts';

/** At most this many are answered at once. */
const MAX_COUNT = 100;
/** How many are tried again or discarded at once. */
const MAX_IDS = 1000;
const STATES = ['waiting', 'delivered', 'dead'];

/** Names of the receivers, by how the ledger knows them. */
async function namesIn(view: View, deliveries: readonly KeptDelivery[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { key, row } of (await view.list(subscriptions)).rows) names.set(row.token, String(key));
  const ids = deliveries.flatMap(({ subscriber }) => boxOf(subscriber) ?? []);
  for (const [id, { kind }] of await view.many(boxes, ids)) names.set(`box-${id}`, `${kind}Box ${id}`);
  return names;
}

/** Numbers as they were given. @throws Refusal */
function numbersIn(ids: readonly string[] | null): readonly number[] {
  const numbers = (ids ?? []).map(Number);
  const wrong = (ids ?? []).find((_, n) => !Number.isSafeInteger(numbers[n]));
  if (wrong !== undefined) throw refuse('ids', 'INVALID_VALUE', `${JSON.stringify(wrong)} is no id of a delivery`);
  if (numbers.length === 0 || numbers.length > MAX_IDS) {
    throw refuse('ids', 'RANGE', `must be 1 to ${MAX_IDS} ids, not ${numbers.length}`);
  }
  return numbers;
}

/** What was delivered, waits, and was given up. */
export const deliveryModel = (kept: Pick<KeptDeliveries, 'list'>) =>
  defineModel({
    path: 'PostOffice/Delivery',
    doc: 'What was delivered to subscribers and boxes, what waits, and what was given up.',
    protocols: ['rest'],
    fields: {},
    actions: {
      list: staticAction({
        doc: 'Some of them, the newest first: `total`, and `deliveries` with how they stand.',
        parameters: {
          subscription: parameter.reference('PostOffice/Subscription', {
            default: null,
            doc: 'Only those to this one.',
          }),
          state: text(undefined, { default: '', doc: `${STATES.join(', ')}; empty: all.` }),
          skip: integer({ default: 0 }),
          count: integer({ default: MAX_COUNT, doc: `${MAX_COUNT} at the most.` }),
        },
        returns: map(),
        permission: { grant: 'PostOffice.view_delivery' },
        query: async ({ subscription, state, skip, count }, { view }) => {
          if (state && !STATES.includes(state)) {
            throw refuse(
              'state',
              'INVALID_CHOICE',
              `must be one of ${STATES.join(', ')}, not ${JSON.stringify(state)}`,
            );
          }
          const row = subscription === null ? undefined : await view.get(subscriptions, subscription);
          const { deliveries, total } = await kept.list({
            ...(row ? { subscriber: row.token } : {}),
            ...(state ? { state } : {}),
            skip: Math.max(0, skip ?? 0),
            count: Math.min(Math.max(0, count ?? MAX_COUNT), MAX_COUNT),
          });
          const names = await namesIn(view, deliveries);
          return {
            total,
            deliveries: deliveries.map(({ n, subscriber, id, nextTry, ...delivery }) => ({
              id: n,
              webhook_id: id,
              subscription: names.get(subscriber) ?? subscriber,
              ...delivery,
              next_try: nextTry,
            })),
          };
        },
      }),
      retry: staticAction({
        doc: 'Has some made again that were given up; the answer is how many.',
        parameters: { ids: parameter.text({ list: true, doc: 'Their ids.' }) },
        returns: integer(),
        permission: { grant: 'PostOffice.can_delivery' },
        command: ({ ids }) => new RetryDeliveries(numbersIn(ids)),
      }),
      discard: staticAction({
        doc: 'Takes some off for good that were given up; the answer is how many.',
        parameters: { ids: parameter.text({ list: true, doc: 'Their ids.' }) },
        returns: integer(),
        permission: { grant: 'PostOffice.can_delivery' },
        command: ({ ids }) => new DiscardDeliveries(numbersIn(ids)),
      }),
    },
  });
