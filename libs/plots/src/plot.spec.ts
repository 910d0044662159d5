import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import type { PlotEvent } from './plot.ts';
import { plot } from './plot.ts';
import { plots } from './plots.ts';

const value = { corners: 'aisle 4', parent: null };
const defined: PlotEvent = { type: 'PlotDefined', data: value };
const closed: PlotEvent = { type: 'PlotClosed', data: {} };

describe('a plot', () => {
  it('is defined once', () => {
    given(plot).when({ type: 'DefinePlot', data: value }).yields(defined);
    given(plot, defined).when({ type: 'DefinePlot', data: value }).refuses('name', 'TAKEN');
  });
  it('changes, each change an event of its own', () => {
    given(plot, defined)
      .when({ type: 'ChangePlot', data: { corners: 'aisle 5', parent: 'hall' } })
      .yields({ type: 'PlotBounded', data: { corners: 'aisle 5' } }, { type: 'PlotMoved', data: { parent: 'hall' } });
    given(plot, defined).when({ type: 'ChangePlot', data: value }).yieldsNothing();
  });
  it('is not changed where it is not there', () => {
    given(plot).when({ type: 'ChangePlot', data: value }).refuses('', 'NOT_FOUND');
    given(plot, defined, closed).when({ type: 'ChangePlot', data: value }).refuses('', 'NOT_FOUND');
  });
  it('is shown as its fold', () => {
    expect(rowsAfter(plots, ['p', defined], ['p', { type: 'PlotMoved', data: { parent: 'hall' } }]).get('p')).toEqual({
      corners: 'aisle 4',
      parent: 'hall',
      created: moment(1),
      updated: moment(2),
    });
    expect(rowsAfter(plots, ['p', defined], ['p', { type: 'PlotDeleted', data: {} }]).size).toBe(0);
  });
});
