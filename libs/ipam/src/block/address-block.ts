import type {
  Decider,
  Lifecycle,
  LifecycleCommand,
  LifecycleEvent,
  Message,
  RestoreCommand,
  RestoredEvent,
} from '#kernel';
import { lifecycle, refuse, refuseAs, restoring } from '#kernel';
import { formatAddress, parseAddress } from '../ip-address.ts';
import type { OffsetSet } from '../offset-set.ts';
import { addOffset, hasOffset, lowestFree, noOffsets, outside, removeOffset } from '../offset-set.ts';
import type { Subnet } from '../subnet.ts';
import { contains, subnetOf } from '../subnet.ts';
import { later } from './later.ts';

/** The subnet of a block, as events have it. */
export interface BlockRange {
  /** First address, as text. */
  readonly subnet: string;
  readonly prefix: number;
}

/** A subnet of a site, out of which addresses are given. */
export interface AddressBlock extends BlockRange {
  readonly name: string;
  readonly site: string;
  /** Decimal text; null: there is no gateway. */
  readonly gatewayOffset: string | null;
}

/** What an offset is taken for. */
export type AddressKind = 'Address' | 'ReservedAddress' | 'DynamicAddress';

/** An offset that is held for somebody until a moment. */
export interface Hold {
  readonly offset: string;
  /** ISO 8601 with microseconds. */
  readonly until: string;
}

/** An offset, and the address object it is given to. */
interface Taken {
  /** Decimal text. */
  readonly offset: string;
  readonly address: number;
  readonly kind: AddressKind;
}

type State = AddressBlock & {
  /** What is taken, or held. */
  readonly used: OffsetSet;
  /** By their keys. */
  readonly holds: Map<string, Hold>;
  /** How many offsets are taken for addresses of hosts. */
  hosts: number;
};

/** Since when an offset is taken that is taken again, ISO 8601; left out: since it is taken. */
interface Since {
  readonly since?: string;
}

interface Now {
  /** ISO 8601 with microseconds; what was held up to here counts as free. */
  readonly now: string;
}

export type AddressBlockCommand =
  | Message<'DefineAddressBlock', AddressBlock>
  | Message<'ChangeAddressBlock', Partial<AddressBlock> & Now>
  | Message<'TakeOffset', Taken & Now & Since>
  | Message<'FreeOffset', Taken>
  | Message<'HoldOffset', { readonly key: string; readonly reason: string; readonly until: string } & Now>
  | Message<'EndHold', { readonly key: string }>
  | LifecycleCommand<'AddressBlock'>
  | RestoreCommand<'AddressBlock', AddressBlock>;

export type AddressBlockEvent =
  | Message<'AddressBlockDefined', AddressBlock>
  | Message<'AddressBlockRenamed', Pick<AddressBlock, 'name'>>
  | Message<'AddressBlockMoved', Pick<AddressBlock, 'site'>>
  | Message<'AddressBlockResized', BlockRange>
  | Message<'AddressBlockGatewayChosen', Pick<AddressBlock, 'gatewayOffset'>>
  | Message<'OffsetTaken', Taken & Since>
  | Message<'OffsetFreed', Taken>
  | Message<'OffsetHeld', Hold & { readonly key: string; readonly reason: string }>
  | Message<'OffsetHoldEnded', { readonly key: string; readonly offset: string }>
  | LifecycleEvent<'AddressBlock'>
  | RestoredEvent<'AddressBlock', AddressBlock>;

/** How many addresses a refusal names. */
const MAX_NAMED = 10;
/** The largest number of offsets of one block that are held at a time. */
export const MAX_HOLDS = 1000;

const rules = lifecycle('AddressBlock', 'Address block');
/** A block without what is noted of its offsets, as the event that restores it has it. */
export const plainBlock = ({ name, site, subnet, prefix, gatewayOffset }: AddressBlock): AddressBlock => ({
  name,
  site,
  subnet,
  prefix,
  gatewayOffset,
});

const restores = restoring<State, AddressBlock>()('AddressBlock', {
  title: 'Address block',
  plain: plainBlock,
  read: (value) => ({ ...value, used: noOffsets(), holds: new Map(), hosts: 0 }),
});
const missing = () => refuse('address_block', 'INVALID_VALUE', 'there is no such address block');

/** What is said where a block is full. */
export const noneLeft = () => refuseAs('UtilitiesException', 'NO_OFFSETS', 'No Available Offsets');

/** The subnet of a block, and what can be told of it. */
export const subnetOfBlock = ({ subnet, prefix }: BlockRange): Subnet => subnetOf(parseAddress(subnet), prefix);

const addressAt = (block: BlockRange, offset: string): string =>
  formatAddress(subnetOfBlock(block).address + BigInt(offset));

/** Refuses an offset outside of those that can be given. The words old clients know leave out the bounds themselves. */
const outOfBounds = (field: string, offset: string, { usable: { first, last } }: Subnet) =>
  refuse(
    field,
    'RANGE',
    `Must be greater than ${first} and less than ${last}`,
    `${offset} must be ${first === last ? first : `from ${first} to ${last}`}`,
  );

/** Why an offset cannot be a gateway; undefined: it can. */
function gatewayFault({ gatewayOffset, ...range }: Pick<State, 'gatewayOffset' | 'subnet' | 'prefix' | 'used'>) {
  if (gatewayOffset === null) return undefined;
  const subnet = subnetOfBlock(range);
  const fault = (code: string, text: string) => refuse('gateway_offset', code, text);
  if (subnet.size === 1n) return fault('RANGE', 'Gateway not possible in single host subnet');
  if (!contains(subnet.usable, BigInt(gatewayOffset))) return outOfBounds('gateway_offset', gatewayOffset, subnet);
  return hasOffset(range.used, BigInt(gatewayOffset))
    ? fault('TAKEN', `the address ${addressAt(range, gatewayOffset)} is in use`)
    : undefined;
}

/** Refuses a subnet that would leave addresses outside, naming them as they are now. */
function excluded({ used, ...before }: State, after: BlockRange) {
  const { some, count } = outside(used, subnetOfBlock(after).usable, MAX_NAMED);
  if (count === 0n) return undefined;
  const first = subnetOfBlock(before).address;
  const named = some.map((offset) => formatAddress(first + offset)).join(', ');
  const more = count > BigInt(some.length) ? ` and ${count - BigInt(some.length)} more` : '';
  return refuse('prefix', 'EXCLUDES', `Prefix excludes existing addresses: ${named}${more}`);
}

/** The events by which holds end that are over by now. */
const endedHolds = ({ holds }: Readonly<State>, now: string): AddressBlockEvent[] =>
  [...holds]
    .filter(([, { until }]) => until <= now)
    .map(([key, { offset }]) => ({ type: 'OffsetHoldEnded', data: { key, offset } }));

/** A block without the holds that are over by now. */
function without(value: Readonly<State>, ended: readonly AddressBlockEvent[]): Readonly<State> {
  if (ended.length === 0) return value;
  const used = { firsts: [...value.used.firsts], lasts: [...value.used.lasts] };
  for (const { type, data } of ended) if (type === 'OffsetHoldEnded') removeOffset(used, BigInt(data.offset));
  return { ...value, used };
}

/** Whether an offset is taken, or held by now. */
const isUsed = ({ used, holds }: Readonly<State>, offset: string, now: string): boolean =>
  hasOffset(used, BigInt(offset)) && ![...holds.values()].some((hold) => hold.offset === offset && hold.until <= now);

/** The lowest usable offset of a block that nobody has; undefined where there is none. */
export function nextOffset(block: Readonly<State>, now: string): string | undefined {
  const { used, gatewayOffset, holds } = block;
  const { usable } = subnetOfBlock(block);
  const free = lowestFree(used, usable, gatewayOffset === null ? undefined : BigInt(gatewayOffset));
  const over = [...holds.values()].filter(({ until }) => until <= now).map(({ offset }) => BigInt(offset));
  const lowest = over.reduce((low, offset) => (low === undefined || offset < low ? offset : low), free);
  return lowest === undefined ? undefined : String(lowest);
}

const set = (data: Partial<AddressBlock>, state: Lifecycle<State>): Lifecycle<State> =>
  'value' in state ? { ...state, value: { ...state.value, ...data } } : state;

/** Changes what is used, in place. */
const use = (state: Lifecycle<State>, change: (value: State) => void): Lifecycle<State> => {
  if ('value' in state) change(state.value);
  return state;
};

/**
 * A block knows which of its offsets are in use. So nobody is ever given one twice, and its state is a set of runs: it
 * costs the same whatever the size of the block, and is kept from time to time.
 */
export const addressBlock: Decider<Lifecycle<State>, AddressBlockCommand, AddressBlockEvent> & {
  readonly noun: 'AddressBlock';
} = {
  noun: 'AddressBlock',
  category: 'addressBlock',
  snapshotVersion: 1,
  creationCommands: ['DefineAddressBlock'],
  initial: () => ({ stage: 'absent' }),
  decide: {
    DefineAddressBlock: (data, state) => {
      if (state.stage !== 'absent') return refuse('id', 'TAKEN', 'Address block with this Id already exists.');
      return gatewayFault({ ...data, used: noOffsets() }) ?? { type: 'AddressBlockDefined', data };
    },
    ChangeAddressBlock: ({ now, ...data }, state) => {
      if (state.stage !== 'active') return refuse('', 'NOT_FOUND', 'Address block does not exist');
      const ended = endedHolds(state.value, now);
      const value = without(state.value, ended);
      const after = { ...value, ...data };
      const events: AddressBlockEvent[] = [];
      if (after.name !== value.name) events.push({ type: 'AddressBlockRenamed', data: { name: after.name } });
      if (after.site !== value.site) {
        if (value.hosts > 0) {
          return refuse('site', 'IN_USE', `can not be changed while ${value.hosts} addresses belong to hosts`);
        }
        events.push({ type: 'AddressBlockMoved', data: { site: after.site } });
      }
      const { subnet, prefix, gatewayOffset } = after;
      const resized = subnet !== value.subnet || prefix !== value.prefix;
      if (resized) {
        const refusal = excluded(value, { subnet, prefix });
        if (refusal) return refusal;
        const { ipv4 } = subnetOfBlock(value);
        if (value.hosts > 0 && subnetOfBlock(after).ipv4 !== ipv4) {
          const text = `stays ${ipv4 ? 'IPv4' : 'IPv6'} while ${value.hosts} addresses belong to hosts`;
          return refuse('subnet', 'IN_USE', text);
        }
        events.push({ type: 'AddressBlockResized', data: { subnet, prefix } });
      }
      if (resized || gatewayOffset !== value.gatewayOffset) {
        const refusal = gatewayFault(after);
        if (refusal) return refusal;
      }
      if (gatewayOffset !== value.gatewayOffset) {
        events.push({ type: 'AddressBlockGatewayChosen', data: { gatewayOffset } });
      }
      return resized || gatewayOffset !== value.gatewayOffset ? [...ended, ...events] : events;
    },
    TakeOffset: ({ now, ...data }, state) => {
      if (state.stage !== 'active') return missing();
      const { value } = state;
      if (data.offset === value.gatewayOffset)
        return refuse('offset', 'GATEWAY', 'Conflicts with Gateway', `${addressAt(value, data.offset)} is the gateway`);
      const subnet = subnetOfBlock(value);
      if (!contains(subnet.usable, BigInt(data.offset))) return outOfBounds('offset', data.offset, subnet);
      return isUsed(value, data.offset, now)
        ? refuse(
            '__all__',
            'TAKEN',
            'Base address with this Address block and Offset already exists.',
            `the address ${addressAt(value, data.offset)} is in use`,
          )
        : [...endedHolds(value, now), { type: 'OffsetTaken', data }];
    },
    FreeOffset: (data, state) =>
      'value' in state && hasOffset(state.value.used, BigInt(data.offset)) ? { type: 'OffsetFreed', data } : [],
    HoldOffset: ({ key, reason, until, now }, state) => {
      if (state.stage !== 'active') return missing();
      const { value } = state;
      const ended = endedHolds(value, now);
      const held = value.holds.get(key);
      if (held && held.until > now) {
        return until <= held.until ? [] : { type: 'OffsetHeld', data: { key, reason, until, offset: held.offset } };
      }
      if (value.holds.size - ended.length >= MAX_HOLDS) {
        return refuse('key', 'TOO_MANY', `at most ${MAX_HOLDS} addresses of a block are held at a time`);
      }
      const offset = nextOffset(value, now);
      return offset === undefined
        ? noneLeft()
        : [...ended, { type: 'OffsetHeld', data: { key, reason, until, offset } }];
    },
    EndHold: ({ key }, state) => {
      const held = 'value' in state ? state.value.holds.get(key) : undefined;
      return held ? { type: 'OffsetHoldEnded', data: { key, offset: held.offset } } : [];
    },
    ...rules.decide,
    RestoreAddressBlock: (data, state) => {
      if (state.stage === 'active' && data.value !== null) {
        const { value } = state;
        const refusal =
          (value.hosts > 0 && data.value.site !== value.site
            ? refuse('site', 'IN_USE', `can not be changed while ${value.hosts} addresses belong to hosts`)
            : undefined) ??
          excluded(value, data.value) ??
          gatewayFault({ ...data.value, used: value.used });
        if (refusal) return refusal;
      }
      return restores.decide.RestoreAddressBlock(data, state);
    },
  },
  evolve: {
    AddressBlockDefined: (data) => ({
      stage: 'active',
      value: { ...data, used: noOffsets(), holds: new Map(), hosts: 0 },
    }),
    AddressBlockRenamed: set,
    AddressBlockMoved: set,
    AddressBlockResized: set,
    AddressBlockGatewayChosen: set,
    OffsetTaken: ({ offset, kind }, state) =>
      use(state, (value) => {
        addOffset(value.used, BigInt(offset));
        if (kind === 'Address') value.hosts += 1;
      }),
    OffsetFreed: ({ offset, kind }, state) =>
      use(state, (value) => {
        removeOffset(value.used, BigInt(offset));
        if (kind === 'Address') value.hosts -= 1;
      }),
    OffsetHeld: ({ key, offset, until }, state) =>
      use(state, ({ used, holds }) => {
        addOffset(used, BigInt(offset));
        holds.set(key, { offset, until });
      }),
    OffsetHoldEnded: ({ key, offset }, state) =>
      use(state, ({ used, holds }) => {
        removeOffset(used, BigInt(offset));
        holds.delete(key);
      }),
    ...rules.evolve,
    AddressBlockRestored: (data, state) =>
      data.value !== null && 'value' in state
        ? set(data.value, state)
        : restores.evolve.AddressBlockRestored(data, state),
  },
  redate: {
    OffsetHeld: (data, { decided, appended }) => ({
      ...data,
      until: later(data.until, Math.ceil((Date.parse(appended) - Date.parse(decided)) / 1000)),
    }),
  },
};
