import type { Action } from '#api';
import { action, parameter } from '#api';
import { refuse } from '#kernel';
import { AllocateAddress } from '../address/address.commands.ts';
import { allotmentOf, allotmentParameters } from './allotment.ts';
import { HoldAddress, ReleaseHold } from './address-block.commands.ts';
import { later } from './later.ts';

/** How long an address can be held, in seconds. */
export const MAX_HOLD_SECONDS = 86_400;
const MAX_KEY_LENGTH = 100;
const MAX_REASON_LENGTH = 50;

const CAN_ALLOCATE = { grant: 'Utilities.add_address' };

function keyFrom(given: string | null): string {
  if (!given) throw refuse('key', 'BLANK', 'This field cannot be blank.');
  if (given.length > MAX_KEY_LENGTH)
    throw refuse('key', 'TOO_LONG', `must be at most ${MAX_KEY_LENGTH} characters long`);
  return given;
}

/** Addresses that are held for somebody before they are used. */
export const holdActions: Readonly<Record<string, Action>> = {
  holdAddress: action({
    doc: 'Holds the lowest free address for a time. With the same key it is the same address, held for longer.',
    protocols: ['rest'],
    parameters: {
      key: parameter.text({ doc: 'Chosen by the caller.' }),
      seconds: parameter.integer({ default: 300, doc: `1 to ${MAX_HOLD_SECONDS}.` }),
      reason: parameter.text({ default: '' }),
    },
    returns: { type: { kind: 'Map' } },
    permission: CAN_ALLOCATE,
    command: (id, { key, seconds, reason }, { now }) => {
      if (seconds === null || seconds < 1 || seconds > MAX_HOLD_SECONDS) {
        throw refuse('seconds', 'RANGE', `must be between 1 and ${MAX_HOLD_SECONDS}`);
      }
      if (reason && reason.length > MAX_REASON_LENGTH) {
        throw refuse('reason', 'TOO_LONG', `must be at most ${MAX_REASON_LENGTH} characters long`);
      }
      return new HoldAddress(id, { key: keyFrom(key), reason: reason ?? '', until: later(now, seconds) });
    },
  }),
  useHold: action({
    doc: 'Gives the address that is held for a key to a host, on one of its interfaces.',
    protocols: ['rest'],
    parameters: {
      key: parameter.text(),
      ...allotmentParameters,
      is_primary: parameter.boolean({ default: false }),
    },
    returns: { type: { kind: 'Model', model: 'Utilities/Address' } },
    permission: CAN_ALLOCATE,
    command: (id, { key, ...wanted }) => new AllocateAddress(id, allotmentOf(wanted), keyFrom(key)),
  }),
  releaseHold: action({
    doc: 'Gives back what is held for a key; nothing where nothing is.',
    protocols: ['rest'],
    parameters: { key: parameter.text() },
    permission: CAN_ALLOCATE,
    command: (id, { key }) => new ReleaseHold(id, keyFrom(key)),
  }),
};
