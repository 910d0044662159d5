import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter, stateAfter } from '#testing';
import type { ScriptCommand, ScriptEvent } from './script.ts';
import { script } from './script.ts';
import { scripts } from './scripts.ts';

const value = { description: 'looks', text: 'begin()\nend\n' };
const write: ScriptCommand = { type: 'DefineScript', data: value };
const change = (data: Partial<typeof value>): ScriptCommand => ({ type: 'ChangeScript', data });

const written: ScriptEvent = { type: 'ScriptWritten', data: value };
const described: ScriptEvent = { type: 'ScriptDescribed', data: { description: 'sees' } };
const rewritten: ScriptEvent = { type: 'ScriptRewritten', data: { text: '' } };
const closed: ScriptEvent = { type: 'ScriptClosed', data: {} };
const deleted: ScriptEvent = { type: 'ScriptDeleted', data: {} };

describe('a script', () => {
  it('is written', () => given(script).when(write).yields(written));
  it('is written once', () => given(script, written).when(write).refuses('name', 'TAKEN'));
  it('keeps its name while it is looked whether it may go', () =>
    given(script, written, closed).when(write).refuses('name', 'TAKEN'));
  it('may be written anew when it is gone', () => given(script, written, closed, deleted).when(write).yields(written));

  it.each([
    [{ description: 'sees' }, [described]],
    [{ text: '' }, [rewritten]],
    [{ description: 'sees', text: '' }, [described, rewritten]],
    [{}, []],
    [value, []],
  ])('changes by %j', (changes, events) =>
    given(script, written)
      .when(change(changes))
      .yields(...events),
  );

  it.each([
    ['before it is there', []],
    ['while it is looked whether it may go', [written, closed]],
    ['when it is gone', [written, closed, deleted]],
  ])('does not change %s', (_, events) =>
    given(script, ...events)
      .when(change({ text: '' }))
      .refuses('', 'NOT_FOUND'),
  );

  it('is what its events have made it', () =>
    expect(stateAfter(script, written, described, rewritten)).toEqual({
      stage: 'active',
      value: { description: 'sees', text: '' },
    }));
});

describe('the row of a script', () => {
  it('is its fold', () =>
    expect(rowsAfter(scripts, ['look', written], ['look', described], ['look', rewritten]).get('look')).toEqual({
      description: 'sees',
      text: '',
      created: moment(1),
      updated: moment(3),
    }));

  it('goes with the script', () => expect(rowsAfter(scripts, ['look', written], ['look', deleted]).size).toBe(0));

  it('listens to events of scripts alone', () =>
    expect(Object.keys(script.evolve)).toEqual(expect.arrayContaining(Object.keys(scripts.on))));
});
