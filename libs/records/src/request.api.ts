import { defineModel, integer, shape, shaped, staticAction, text, toMoment } from '#api';
import type { Position } from '#event-store';
import { refuse } from '#kernel';
import type { People } from '#people';
import type { Requests } from './requests.ts';

/** How many requests are listed at once, at most. */
const MAX_COUNT = 200;

const told = {
  request: shape.text('Its id.'),
  position: shape.count('Where it stands in the log.'),
  at: shape.text('When it was recorded, ISO 8601.'),
  actor: shape.text('Who asked.'),
  command: shape.textOrNull('What was asked for.'),
  reason: shape.textOrNull('Why, in the words of who asked.'),
};
const listShape = shape.record({ requests: shape.list(shape.record(told)) });
const showShape = shape.record({
  events: shape.list(
    shape.record({
      ...told,
      event: shape.text('Its type.'),
      stream: shape.text('The stream of the log it is in.'),
      caused: shape.flag('Whether another event caused it, not the request itself.'),
      objects: shape.list(shape.record({ model: shape.text(), id: idShape() })),
    }),
  ),
  more: shape.flag('Whether there are others behind the last one: asked for with `after`.'),
});

function idShape() {
  return { schema: { type: ['string', 'integer'] } };
}

/** What moments are told by. */
export interface RequestMoments {
  readonly positionAt: (time: string) => Promise<Position>;
  readonly head: () => Promise<Position>;
}

/** Requests that changed something: who asked for what, when and why, and which events came of it. */
export const requestModel = (
  requests: Pick<Requests, 'list' | 'show'>,
  { positionAt, head, people }: RequestMoments & { readonly people: Pick<People, 'allInside'> },
) => {
  const moment = async (field: string, given: string | null, otherwise: Position): Promise<Position> => {
    if (given === null || given === '') return otherwise;
    if (/^\d{1,18}$/.test(given)) return BigInt(given);
    const time = toMoment(given);
    if (time === undefined) {
      throw refuse(field, 'INVALID', `"${given}" must be a position of the log or a time in a form of ISO 8601`);
    }
    return positionAt(time);
  };
  return defineModel({
    path: 'Records/Request',
    doc: 'What was asked for and changed something: who, when and why, and which events came of it.',
    protocols: ['rest'],
    fields: {},
    actions: {
      list: staticAction({
        doc: 'Who asked for what, the last first; what agents reported and the server did on its own is not among them.',
        parameters: {
          actor: text(undefined, { default: '', doc: 'Only of this user or service; empty: of all.' }),
          from: text(undefined, { default: '', doc: 'Only behind this position of the log or time (ISO 8601).' }),
          to: text(undefined, { default: '', doc: 'Only up to this position of the log or time (ISO 8601).' }),
          count: integer({ default: 50, doc: `${MAX_COUNT} at the most.` }),
        },
        returns: shaped(listShape),
        permission: { grant: 'Records.view_request' },
        query: async ({ actor, from, to, count }) => ({
          requests: await requests.list({
            ...(actor ? { actors: await people.allInside(actor) } : {}),
            after: await moment('from', from, 0n),
            upTo: await moment('to', to, await head()),
            count: Math.min(Math.max(1, count ?? 50), MAX_COUNT),
          }),
        }),
      }),
      show: staticAction({
        doc: 'The events of a request and of what it caused, in the order of the log, with the objects they concern.',
        parameters: {
          id: text(undefined, { required: true, doc: 'As the header Contractor-Request told it.' }),
          after: integer({ default: 0, doc: 'Only events behind this position.' }),
        },
        returns: shaped(showShape),
        permission: { grant: 'Records.view_request' },
        query: async ({ id, after }, { caller }) => {
          const found = await requests.show(id, BigInt(Math.max(0, after ?? 0)), caller);
          if (!found) throw refuse('id', 'NOT_FOUND', `there is no request ${id} that changed anything`);
          return found;
        },
      }),
    },
  });
};
