import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import type { ScriptLink, ScriptLinkCommand, ScriptLinkEvent } from './script-link.ts';
import { scriptLink } from './script-link.ts';
import { scriptLinks } from './script-links.ts';

const link: ScriptLink = { blueprint: 'base', script: 'look', slot: 'create' };
const relink = (data: Partial<ScriptLink>): ScriptLinkCommand => ({ type: 'RelinkScript', data: { ...link, ...data } });
const linked: ScriptLinkEvent = { type: 'ScriptLinked', data: link };
const relinked: ScriptLinkEvent = { type: 'ScriptRelinked', data: { ...link, slot: 'destroy' } };
const unlinked: ScriptLinkEvent = { type: 'ScriptUnlinked', data: {} };

describe('the link of a script', () => {
  it('is made', () => given(scriptLink).when({ type: 'LinkScript', data: link }).yields(linked));
  it('has a number of its own', () =>
    given(scriptLink, linked).when({ type: 'LinkScript', data: link }).refuses('id', 'TAKEN'));

  it.each([[{ blueprint: 'other' }], [{ script: 'other' }], [{ slot: 'destroy' }]])('changes by %j', (change) =>
    given(scriptLink, linked)
      .when(relink(change))
      .yields({ type: 'ScriptRelinked', data: { ...link, ...change } }),
  );
  it('does not change to what it is', () => given(scriptLink, linked).when(relink({})).yieldsNothing());
  it('changes from what it has become', () =>
    given(scriptLink, linked, relinked).when(relink({})).yields({ type: 'ScriptRelinked', data: link }));
  it('does not change before it is there, or when it is gone', () => {
    given(scriptLink).when(relink({})).refuses('', 'NOT_FOUND');
    given(scriptLink, linked, unlinked).when(relink({})).refuses('', 'NOT_FOUND');
  });

  it('goes', () => given(scriptLink, linked).when({ type: 'UnlinkScript', data: {} }).yields(unlinked));
  it('goes once', () => given(scriptLink, linked, unlinked).when({ type: 'UnlinkScript', data: {} }).yieldsNothing());
});

describe('the row of a link', () => {
  it('is its fold', () =>
    expect(rowsAfter(scriptLinks, [7, linked], [7, relinked]).get(7)).toEqual({
      ...link,
      slot: 'destroy',
      created: moment(1),
      updated: moment(2),
    }));

  it('goes with the link', () => expect(rowsAfter(scriptLinks, [7, linked], [7, unlinked]).size).toBe(0));

  it('listens to events of links alone', () =>
    expect(Object.keys(scriptLink.evolve)).toEqual(expect.arrayContaining(Object.keys(scriptLinks.on))));
});
