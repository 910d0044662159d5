import { entityRows } from '#read-store';
import { pxe } from './pxe.ts';

/** What can be booted over the network, by name. */
export const pxes = entityRows(pxe, { name: 'pxes', version: 1, key: 'text' });
