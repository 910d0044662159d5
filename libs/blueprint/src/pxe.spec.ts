import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter } from '#testing';
import type { PxeEvent } from './pxe.ts';
import { pxe } from './pxe.ts';
import { pxes } from './pxes.ts';

const value = { bootScript: 'boot', template: 'answers' };
const defined: PxeEvent = { type: 'PxeDefined', data: value };
const closed: PxeEvent = { type: 'PxeClosed', data: {} };
const rewritten: PxeEvent = { type: 'BootScriptWritten', data: { bootScript: 'exit' } };

describe('what is booted over the network', () => {
  it('is defined once', () => {
    given(pxe).when({ type: 'DefinePxe', data: value }).yields(defined);
    given(pxe, defined).when({ type: 'DefinePxe', data: value }).refuses('name', 'TAKEN');
  });
  it('is written anew, part by part', () => {
    given(pxe, defined)
      .when({ type: 'ChangePxe', data: { bootScript: 'exit', template: 'answers' } })
      .yields(rewritten);
    given(pxe, defined)
      .when({ type: 'ChangePxe', data: { template: '' } })
      .yields({ type: 'PxeTemplateWritten', data: { template: '' } });
    given(pxe, defined).when({ type: 'ChangePxe', data: value }).yieldsNothing();
  });
  it('is not changed where it is not there', () => {
    given(pxe).when({ type: 'ChangePxe', data: value }).refuses('', 'NOT_FOUND');
    given(pxe, defined, closed).when({ type: 'ChangePxe', data: value }).refuses('', 'NOT_FOUND');
  });
  it('is shown as its fold', () => {
    expect(rowsAfter(pxes, ['linux', defined], ['linux', rewritten]).get('linux')).toEqual({
      bootScript: 'exit',
      template: 'answers',
      created: moment(1),
      updated: moment(2),
    });
    expect(rowsAfter(pxes, ['linux', defined], ['linux', { type: 'PxeDeleted', data: {} }]).size).toBe(0);
  });
});
