import type { Action } from '#api';
import { action, parameter, staticAction } from '#api';
import { holderAt } from './holder-at.ts';
import { MAX_MAPPED, mapOf } from './block-map.ts';
import { pageOf, pageParameters } from './page-of.ts';
import { warningsOf } from './block-warnings.ts';

const CAN_VIEW = { grant: 'Utilities.view_addressblock' };

/** What people and services want to see of blocks. */
export const blockViews: Readonly<Record<string, Action>> = {
  map: action({
    doc: 'What is used and what is free, in the order of the addresses: runs of the same use, of whom, since when.',
    protocols: ['rest'],
    parameters: pageParameters(MAX_MAPPED),
    returns: { type: { kind: 'Map' } },
    permission: CAN_VIEW,
    asOf: true,
    query: (id, page, { view, now }) => mapOf(view, Number(id), { ...pageOf(page, MAX_MAPPED), now }),
  }),
  holder: action({
    doc: 'Who has an address of this block, since when, and by which event; empty where nobody has.',
    protocols: ['rest'],
    parameters: { ip_address: parameter.text() },
    returns: { type: { kind: 'Map' } },
    permission: CAN_VIEW,
    asOf: true,
    query: (id, { ip_address: text }, { view, now }) => holderAt(view, Number(id), text ?? '', now),
  }),
  warnings: staticAction({
    doc: 'Blocks that are full or nearly so, and blocks of different sites that have addresses in common.',
    protocols: ['rest'],
    parameters: { site: parameter.reference('Site/Site', { default: null }) },
    returns: { type: { kind: 'Map' }, list: true },
    permission: CAN_VIEW,
    asOf: true,
    query: ({ site }, { view, now }) => warningsOf(view, site, now),
  }),
};
