import type { Decider, Message } from '#kernel';
import { refuse, refuseAs } from '#kernel';
import type { HostMember, HostModule } from '#tscript';
import type { JobTarget } from '../src/job-target.ts';

interface Thing {
  readonly rack: string;
  readonly located: boolean;
  readonly built: boolean;
  readonly job: number | undefined;
}

type ThingCommand =
  | Message<'TakeThing', { readonly job: number }>
  | Message<'ReleaseThing', { readonly job: number }>
  | Message<'LocateThing', object>
  | Message<'MoveThing', { readonly rack: string }>
  | Message<'FinishThing', { readonly job: number }>
  | Message<'DestroyThing', { readonly job: number }>;

type ThingEvent =
  | Message<'ThingDefined', { readonly rack: string }>
  | Message<'ThingMoved', { readonly rack: string }>
  | Message<'ThingTaken', { readonly job: number }>
  | Message<'ThingReleased', { readonly job: number }>
  | Message<'ThingLocated', object>
  | Message<'ThingBuilt', { readonly job: number }>
  | Message<'ThingDestroyed', { readonly job: number }>;

const taken = () => refuseAs('ForemanException', 'JOB_EXISTS', 'target has an existing job');
const put =
  <D>(change: (data: D) => Partial<Thing>) =>
  (data: D, state: Thing | undefined): Thing | undefined =>
    state && { ...state, ...change(data) };
/** What only the job that has taken it may do. */
const byItsJob =
  (type: 'ThingBuilt' | 'ThingDestroyed') =>
  ({ job }: { readonly job: number }, state: Thing | undefined) =>
    state?.job !== undefined && state.job !== job ? taken() : ({ type, data: { job } } as const);

/** Something in a rack, for specs about jobs: it can be located, built and destroyed, and has one job at a time. */
export const thing: Decider<Thing | undefined, ThingCommand, ThingEvent> = {
  category: 'thing',
  initial: () => undefined,
  decide: {
    TakeThing: (data, state) => (state?.job === undefined ? { type: 'ThingTaken', data } : taken()),
    ReleaseThing: (data) => ({ type: 'ThingReleased', data }),
    LocateThing: (data) => ({ type: 'ThingLocated', data }),
    MoveThing: (data) =>
      data.rack === 'full' ? refuse('rack', 'FULL', 'there is no room in it') : { type: 'ThingMoved', data },
    FinishThing: byItsJob('ThingBuilt'),
    DestroyThing: byItsJob('ThingDestroyed'),
  },
  evolve: {
    ThingDefined: ({ rack }) => ({ rack, located: false, built: false, job: undefined }),
    ThingMoved: put(({ rack }) => ({ rack })),
    ThingTaken: put(({ job }) => ({ job })),
    ThingReleased: put(() => ({ job: undefined })),
    ThingLocated: put(() => ({ located: true })),
    ThingBuilt: put(() => ({ built: true })),
    ThingDestroyed: put(() => ({ located: false, built: false })),
  },
};

/** A script has moved the thing to a rack. */
class Moved {
  constructor(readonly rack: string) {}
}

const readable = (values: Readonly<Record<string, unknown>>): HostModule => ({
  members: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { get: () => value }])),
});

/** Things as targets of jobs. @param byItself whether one is located as soon as a job wants to create it */
export const thingTarget = (
  byItself: boolean,
  secrets: Readonly<Record<string, unknown>> = {},
  config: Readonly<Record<string, unknown>> = {},
): JobTarget => ({
  kind: 'Thing',
  category: thing.category,
  load: async (work, id) =>
    (await work.load(thing, id)) && {
      site: 'site1',
      blueprint: 'base',
      description: `the thing ${id}`,
      labels: { role: 'storage' },
    },
  take: async (work, id, { job }) => void (await work.decide(thing, id, { type: 'TakeThing', data: { job } })),
  release: async (work, id, job) => void (await work.decide(thing, id, { type: 'ReleaseThing', data: { job } })),
  async mayStart(work, id, script) {
    const state = await work.load(thing, id);
    if (script !== 'create' || state?.located === true) return state !== undefined;
    return byItself && (await work.decide(thing, id, { type: 'LocateThing', data: {} }));
  },
  finish: (work, id, job) => work.attempt(thing, id, { type: 'FinishThing', data: { job } }),
  destroy: (work, id, job) => work.attempt(thing, id, { type: 'DestroyThing', data: { job } }),
  async scriptModules(work, id) {
    const state = await work.load(thing, id);
    if (!state) throw new Error(`thing ${id} is gone`);
    const rack: HostMember = {
      get: () => state.rack,
      set: (value, effects) => void effects.push(new Moved(value as string)),
    };
    const { members } = readable(secrets);
    return { thing: { members: { rack, ...members } }, config: readable(config) };
  },
  async applyEffects(work, id, effects) {
    for (const effect of effects) {
      if (effect instanceof Moved) await work.decide(thing, id, { type: 'MoveThing', data: { rack: effect.rack } });
    }
  },
  conditions: async () => [],
});
