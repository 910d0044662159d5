import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import type { CartographerCommand, CartographerEvent } from './cartographer.ts';
import { cartographer } from './cartographer.ts';
import { cartographers } from './cartographers.ts';

const at = (minute: number): string => `2026-01-01T00:0${minute}:00.000000+00:00`;
const infoMap = { hardware: { total_ram: 65536 } };
const registered: CartographerEvent = { type: 'CartographerRegistered', data: {} };
const restarted: CartographerEvent = { type: 'CartographerRestarted', data: {} };
const reported: CartographerEvent = { type: 'CartographerReported', data: { infoMap } };
const checkedIn = (minute: number): CartographerEvent => ({ type: 'CartographerCheckedIn', data: { at: at(minute) } });
const assigned: CartographerEvent = { type: 'CartographerAssigned', data: { foundation: 'f1' } };
const register: CartographerCommand = { type: 'RegisterCartographer', data: {} };
const checkIn = (minute: number, message?: string): CartographerCommand => ({
  type: 'CheckIn',
  data: { infoMap, at: at(minute), ...(message === undefined ? {} : { message }) },
});

describe('a machine that calls in', () => {
  it('registers, and begins again where it has been here before', () => {
    given(cartographer).when(register).yields(registered);
    given(cartographer, registered).when(register).yields(restarted);
    given(cartographer, registered, restarted).when(register).yieldsNothing();
  });
  it('is noted where it brings something new, and from time to time', () => {
    given(cartographer, registered).when(checkIn(1)).yields(reported, checkedIn(1));
    given(cartographer, registered, reported, checkedIn(1)).when(checkIn(2)).yieldsNothing();
    given(cartographer, registered, reported, checkedIn(1)).when(checkIn(3)).yields(checkedIn(3));
    given(cartographer, registered, reported, checkedIn(1))
      .when(checkIn(2, 'unknown'))
      .yields({ type: 'CartographerMessaged', data: { message: 'unknown' } });
  });
  it('is refused where it has not registered', () => {
    for (const command of [checkIn(1), { type: 'TellMessage', data: { message: 'x' } }] as const) {
      given(cartographer).when(command).refuses('', 'NOT_FOUND');
    }
  });
  it('is done once it is known which foundation it is, and may register anew', () => {
    const done: CartographerEvent = { type: 'CartographerDone', data: { foundation: 'f1' } };
    given(cartographer, registered).when({ type: 'FinishCartographer', data: {} }).refuses('', 'NO_FOUNDATION');
    given(cartographer, registered, assigned).when({ type: 'FinishCartographer', data: {} }).yields(done);
    given(cartographer, registered, assigned, done).when(register).yields(registered);
  });
  it('may say again that it is done, until it registers anew', () => {
    const finish: CartographerCommand = { type: 'FinishCartographer', data: {} };
    const done: CartographerEvent = { type: 'CartographerDone', data: { foundation: 'f1' } };
    given(cartographer, registered, assigned, done).when(finish).yieldsNothing();
    given(cartographer, registered, assigned, done).when(checkIn(1)).refuses('', 'NOT_FOUND');
    given(cartographer, registered, assigned, done, registered).when(finish).refuses('', 'NO_FOUNDATION');
    given(cartographer, registered, { type: 'CartographerDeleted', data: {} }).when(finish).refuses('', 'NOT_FOUND');
  });
  it('is dropped only while nobody knows it', () => {
    const drop: CartographerCommand = { type: 'DropCartographer', data: { silentSince: at(1) } };
    given(cartographer, registered)
      .when(drop)
      .yields({ type: 'CartographerDropped', data: { silentSince: at(1) } });
    given(cartographer, registered, assigned).when(drop).yieldsNothing();
    given(cartographer).when(drop).yieldsNothing();
  });
  it('is shown with what it has told', () => {
    const rows = rowsAfter(cartographers, ['a', registered], ['a', reported], ['a', checkedIn(1)], ['a', assigned]);
    expect(rows.get('a')).toEqual({
      foundation: 'f1',
      message: 'new',
      infoMap,
      checkedIn: at(1),
      created: moment(1),
      updated: moment(4),
    });
  });
});
