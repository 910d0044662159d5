import { describe, expect, it } from '@jest/globals';
import { given, stateAfter } from '#testing';
import type { Decider, Message } from './decider.ts';
import type { Lifecycle, LifecycleCommand, LifecycleEvent } from './lifecycle.ts';
import { lifecycle } from './lifecycle.ts';

type Command = Message<'DefineHut', { readonly colour: string }> | LifecycleCommand<'Hut'>;
type Event = Message<'HutDefined', { readonly colour: string }> | LifecycleEvent<'Hut'>;

const rules = lifecycle('Hut');
const hut: Decider<Lifecycle<{ colour: string }>, Command, Event> = {
  category: 'hut',
  initial: () => ({ stage: 'absent' }),
  decide: { DefineHut: (data) => ({ type: 'HutDefined', data }), ...rules.decide },
  evolve: { HutDefined: (value) => ({ stage: 'active', value }), ...rules.evolve },
};

const defined: Event = { type: 'HutDefined', data: { colour: 'red' } };
const closed: Event = { type: 'HutClosed', data: {} };
const reopened: Event = { type: 'HutReopened', data: {} };
const deleted: Event = { type: 'HutDeleted', data: {} };

const close: Command = { type: 'CloseHut', data: {} };
const reopen: Command = { type: 'ReopenHut', data: {} };
const remove: Command = { type: 'DeleteHut', data: {} };

const absent: Event[] = [];
const open = [defined];
const shut = [defined, closed];
const gone = [defined, closed, deleted];

describe('the life of a thing', () => {
  it.each([
    ['open', close, open, closed],
    ['closed', reopen, shut, reopened],
    ['closed', remove, shut, deleted],
    ['reopened', close, [...shut, reopened], closed],
  ])('%s: %j', (_, command, events, event) =>
    given(hut, ...events)
      .when(command)
      .yields(event),
  );

  it.each([
    ['closed twice', close, shut],
    ['reopened before it was closed', reopen, open],
    ['reopened before it was there', reopen, absent],
    ['reopened after it went', reopen, gone],
  ])('takes it quietly to be %s', (_, command, events) =>
    given(hut, ...events)
      .when(command)
      .yieldsNothing(),
  );

  it.each([
    ['closed before it was there', close, absent, 'NOT_FOUND'],
    ['closed after it went', close, gone, 'NOT_FOUND'],
    ['deleted without a look at its users', remove, open, 'NOT_CLOSED'],
    ['deleted before it was there', remove, absent, 'NOT_CLOSED'],
    ['deleted twice', remove, gone, 'NOT_CLOSED'],
  ])('refuses to be %s', (_, command, events, code) =>
    given(hut, ...events)
      .when(command)
      .refuses('', code),
  );

  it.each([
    [absent, { stage: 'absent' }],
    [open, { stage: 'active', value: { colour: 'red' } }],
    [shut, { stage: 'deleting', value: { colour: 'red' } }],
    [[...shut, reopened], { stage: 'active', value: { colour: 'red' } }],
    [gone, { stage: 'deleted' }],
    [[...gone, defined], { stage: 'active', value: { colour: 'red' } }],
    [[...gone, reopened], { stage: 'deleted' }],
    [[closed], { stage: 'absent' }],
  ])('after %j it is %j', (events, state) => expect(stateAfter(hut, ...events)).toEqual(state));
});
