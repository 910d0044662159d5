import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter, stateAfter } from '#testing';
import type { Foundation, FoundationCommand, FoundationEvent } from './foundation.ts';
import { foundation } from './foundation.ts';
import { foundations, stateOf } from './foundations.ts';

const value: Foundation = {
  type: 'Manual',
  site: 'site1',
  blueprint: 'base',
  idMap: null,
  own: { slot: 1, rack: 'a' },
};
const define: FoundationCommand = { type: 'DefineFoundation', data: value };
const change = (data: Partial<Foundation>): FoundationCommand => ({ type: 'ChangeFoundation', data });
const take = (script: string, job = 7): FoundationCommand => ({ type: 'TakeFoundation', data: { job, script } });
const release = (job: number): FoundationCommand => ({ type: 'ReleaseFoundation', data: { job } });
const locate: FoundationCommand = { type: 'LocateFoundation', data: {} };
const finish = (job = 7): FoundationCommand => ({ type: 'FinishFoundation', data: { job } });
const destroy = (job = 7): FoundationCommand => ({ type: 'DestroyFoundation', data: { job } });
const close: FoundationCommand = { type: 'CloseFoundation', data: {} };

const defined: FoundationEvent = { type: 'FoundationDefined', data: value };
const located: FoundationEvent = { type: 'FoundationLocated', data: {} };
const identified: FoundationEvent = { type: 'FoundationIdentified', data: { idMap: { cpu: 4 } } };
const taken = (script: string, job = 7): FoundationEvent => ({ type: 'FoundationTaken', data: { job, script } });
const released: FoundationEvent = { type: 'FoundationReleased', data: { job: 7 } };
const built: FoundationEvent = { type: 'FoundationBuilt', data: { job: 7 } };
const destroyed: FoundationEvent = { type: 'FoundationDestroyed', data: { job: 7 } };
const closed: FoundationEvent = { type: 'FoundationClosed', data: {} };
const deleted: FoundationEvent = { type: 'FoundationDeleted', data: {} };

/** How a foundation came to where it is. */
const PAST = {
  planned: [defined],
  located: [defined, located],
  built: [defined, located, built],
} as const;
type State = keyof typeof PAST;
const STATES: readonly State[] = ['planned', 'located', 'built'];

const NOWHERE: readonly [string, readonly FoundationEvent[]][] = [
  ['before it is there', []],
  ['while it is looked whether it may go', [defined, closed]],
  ['when it is gone', [defined, closed, deleted]],
];

describe('a foundation', () => {
  it('is defined', () => given(foundation).when(define).yields(defined));
  it('is defined once', () => given(foundation, defined).when(define).refuses('locator', 'TAKEN'));
  it('keeps its locator while it is looked whether it may go', () =>
    given(foundation, defined, closed).when(define).refuses('locator', 'TAKEN'));
  it('may be defined anew when it is gone, and begins as planned', () => {
    given(foundation, ...PAST.built, destroyed, closed, deleted)
      .when(define)
      .yields(defined);
    expect(stateAfter(foundation, ...PAST.located, closed, deleted, defined)).toEqual(stateAfter(foundation, defined));
  });

  it.each<[Partial<Foundation>, FoundationEvent]>([
    [{ site: 'site2' }, { type: 'FoundationSiteChosen', data: { site: 'site2' } }],
    [{ blueprint: 'other' }, { type: 'FoundationBluePrintChosen', data: { blueprint: 'other' } }],
    [{ idMap: { cpu: 4 } }, identified],
    [{ own: { slot: 2 } }, { type: 'FoundationOwnFieldsChanged', data: { own: { slot: 2, rack: 'a' } } }],
  ])('changes by %j', (changes, event) => {
    given(foundation, defined).when(change(changes)).yields(event);
    given(foundation, defined, event).when(change(changes)).yieldsNothing();
  });

  it('does not change where nothing is said, or what holds already', () => {
    given(foundation, defined).when(change({})).yieldsNothing();
    given(foundation, defined)
      .when(change({ own: {} }))
      .yieldsNothing();
    given(foundation, defined).when(change(value)).yieldsNothing();
  });

  it('changes in several ways at once, each an event of its own', () =>
    given(foundation, defined)
      .when(change({ site: 'site2', blueprint: 'other' }))
      .yields(
        { type: 'FoundationSiteChosen', data: { site: 'site2' } },
        { type: 'FoundationBluePrintChosen', data: { blueprint: 'other' } },
      ));

  it('forgets what it is made of', () =>
    given(foundation, defined, identified)
      .when(change({ idMap: null }))
      .yields({ type: 'FoundationIdentified', data: { idMap: null } }));

  it.each(NOWHERE)('does nothing %s', (_, events) => {
    for (const command of [change({ site: 'x' }), take('create'), locate, finish(), destroy()]) {
      given(foundation, ...events)
        .when(command)
        .refuses('', 'NOT_FOUND');
    }
    given(foundation, ...events)
      .when(release(7))
      .yieldsNothing();
  });
});

describe('a job takes a foundation', () => {
  const YES = 'taken';
  it.each<[string, Readonly<Record<State, string>>]>([
    ['create', { planned: YES, located: YES, built: 'ALLREADY_BUILT' }],
    ['destroy', { planned: 'NOT_BUILT', located: 'NOT_BUILT', built: YES }],
    ['utility', { planned: 'NOT_BUILT', located: 'NOT_BUILT', built: YES }],
  ])('to %s it: %j', (script, answers) => {
    for (const state of STATES) {
      const then = given(foundation, ...PAST[state]).when(take(script));
      if (answers[state] === YES) then.yields(taken(script));
      else then.refuses('', answers[state]);
    }
  });

  const OTHERS = ['create', 'destroy', 'utility'];
  it.each(OTHERS.flatMap((own) => OTHERS.map((script) => [script, own])))(
    'not to %s it while a %s job has it, whatever its state',
    (script, own) => {
      for (const state of STATES) {
        given(foundation, ...PAST[state], taken(own, 6))
          .when(take(script))
          .refuses('', 'JOB_EXISTS');
      }
    },
  );

  it('again when the one before has released it', () =>
    given(foundation, defined, taken('create'), released).when(take('create', 8)).yields(taken('create', 8)));
});

describe('a job releases a foundation', () => {
  it('that it has', () => given(foundation, defined, taken('create')).when(release(7)).yields(released));
  it('once', () => given(foundation, defined, taken('create'), released).when(release(7)).yieldsNothing());
  it('not for another job', () => given(foundation, defined, taken('create')).when(release(8)).yieldsNothing());
});

describe('a foundation comes from one state to the next', () => {
  it.each<[string, FoundationCommand, State, readonly FoundationEvent[]]>([
    ['located when it is found', locate, 'planned', [located]],
    ['located once', locate, 'located', []],
    ['not located anew when it is built', locate, 'built', []],
    ['built when it is located', finish(), 'located', [built]],
    ['located and built when nobody located it before', finish(), 'planned', [located, built]],
    ['built once', finish(), 'built', []],
    ['planned when it is destroyed', destroy(), 'built', [destroyed]],
    ['planned when it was only located', destroy(), 'located', [destroyed]],
    ['planned once', destroy(), 'planned', []],
  ])('%s', (_, command, state, events) =>
    given(foundation, ...PAST[state])
      .when(command)
      .yields(...events),
  );

  it.each([
    ['create', locate, [located]],
    ['create', finish(7), [located, built]],
    ['utility', finish(7), [located, built]],
  ])('while its own %s job has it', (script, command, events) =>
    given(foundation, defined, taken(script))
      .when(command)
      .yields(...events),
  );

  it.each([
    ['destroy', locate],
    ['utility', locate],
    ['create', finish(8)],
    ['create', destroy(8)],
  ])('not while a %s job of another mind has it', (script, command) =>
    given(foundation, defined, ...(command === locate ? [] : [located]), taken(script))
      .when(command)
      .refuses('', 'JOB_EXISTS'),
  );

  it('and forgets what it was made of when it is destroyed', () =>
    expect(stateAfter(foundation, ...PAST.built, identified, destroyed)).toEqual(stateAfter(foundation, defined)));

  it('and may go through all of it again', () =>
    given(foundation, ...PAST.built, destroyed)
      .when(finish())
      .yields(located, built));
});

describe('a foundation goes', () => {
  it.each([
    ['planned', PAST.planned],
    ['located', PAST.located],
    ['destroyed', [...PAST.built, destroyed]],
  ])('when it is %s', (_, events) =>
    given(foundation, ...events)
      .when(close)
      .yields(closed),
  );

  it.each([
    ['it is built', PAST.built],
    ['a job is at work on it', [defined, taken('create')]],
  ])('not while %s', (_, events) =>
    given(foundation, ...events)
      .when(close)
      .refuses('', 'NOT_DELETABLE'),
  );

  it('not when it is gone', () => given(foundation, defined, closed, deleted).when(close).refuses('', 'NOT_FOUND'));
  it('after it was closed', () =>
    given(foundation, defined, closed).when({ type: 'DeleteFoundation', data: {} }).yields(deleted));
});

describe('a foundation that a machine is surveyed as', () => {
  const begin = (cartographer: string): FoundationCommand => ({ type: 'BeginSurvey', data: { cartographer } });
  const end: FoundationCommand = { type: 'EndSurvey', data: { cartographer: 'm1' } };
  const begun: FoundationEvent = { type: 'FoundationSurveyBegun', data: { cartographer: 'm1' } };
  const ended: FoundationEvent = { type: 'FoundationSurveyEnded', data: { cartographer: 'm1' } };

  it('is planned, and of one machine', () => {
    given(foundation, defined).when(begin('m1')).yields(begun);
    given(foundation, defined, begun).when(begin('m1')).yieldsNothing();
    given(foundation, defined, begun).when(begin('m2')).refuses('foundation', 'TAKEN');
    given(foundation, defined, located).when(begin('m1')).refuses('', 'FOUNDATION_INVALID_STATE');
    given(foundation, ...PAST.built)
      .when(begin('m1'))
      .refuses('', 'FOUNDATION_INVALID_STATE');
  });
  it('stays as it is until that is over', () => {
    for (const command of [locate, finish(), { type: 'ForceFoundation', data: { state: 'built' } }] as const) {
      given(foundation, defined, begun).when(command).refuses('', 'SURVEYED');
    }
    given(foundation, defined, begun).when(close).refuses('', 'NOT_DELETABLE');
    given(foundation, defined, begun).when(end).yields(ended);
    given(foundation, defined, begun, ended).when(locate).yields(located);
    given(foundation, defined).when(end).yieldsNothing();
  });
});

describe('the hardware of a foundation', () => {
  const report = (cpu: number): FoundationCommand => ({ type: 'ReportHardware', data: { idMap: { cpu } } });
  const accept: FoundationCommand = { type: 'AcceptHardware', data: {} };
  const drifted: readonly FoundationEvent[] = [
    { type: 'FoundationHardwareReported', data: { reported: { cpu: 5 } } },
    { type: 'FoundationHardwareDrifted', data: { changes: [{ part: 'cpu', was: 4, is: 5 }] } },
  ];
  const known = [...PAST.located, identified] as const;

  it('is what a machine reports until it is located, or nobody knew it', () => {
    given(foundation, defined, identified)
      .when(report(5))
      .yields({ type: 'FoundationIdentified', data: { idMap: { cpu: 5 } } });
    given(foundation, ...PAST.located)
      .when(report(4))
      .yields(identified);
  });
  it('has drifted where it reports something else, until it is as it was', () => {
    given(foundation, ...known)
      .when(report(4))
      .yieldsNothing();
    given(foundation, ...known)
      .when(report(5))
      .yields(...drifted);
    given(foundation, ...known, ...drifted)
      .when(report(5))
      .yieldsNothing();
    const returned: FoundationEvent = { type: 'FoundationHardwareReturned', data: {} };
    given(foundation, ...known, ...drifted)
      .when(report(4))
      .yields(returned);
    given(foundation, ...known, ...drifted, returned)
      .when(report(5))
      .yields(...drifted);
  });
  it('or until somebody accepts it', () => {
    const accepted: FoundationEvent = { type: 'FoundationHardwareAccepted', data: { idMap: { cpu: 5 } } };
    given(foundation, ...known)
      .when(accept)
      .refuses('', 'NO_DRIFT');
    given(foundation, ...known, ...drifted)
      .when(accept)
      .yields(accepted);
    given(foundation, ...known, ...drifted, accepted)
      .when(report(5))
      .yieldsNothing();
  });
  it('is shown as far as it has drifted', () => {
    const row = (...events: readonly FoundationEvent[]) =>
      rowsAfter(foundations, ...events.map((event) => ['host1', event] as const)).get('host1');
    expect(row(...known, ...drifted)?.drift?.changes).toEqual([{ part: 'cpu', was: 4, is: 5 }]);
    expect(row(...known, ...drifted, destroyed)?.drift).toBeUndefined();
  });
  it('tells its machine from others, also when it was destroyed', () => {
    const told: FoundationEvent = { type: 'FoundationIdentified', data: { idMap: { serial: '4X1' } } };
    const rows = rowsAfter(foundations, ['host1', defined], ['host1', located], ['host1', told], ['host1', destroyed]);
    expect(rows.get('host1')).toMatchObject({ idMap: null, identities: ['serial:4X1'] });
  });
});

describe('the machine of a foundation', () => {
  const ON = { name: 'm1', power: 'on' };
  const OFF = { name: 'm1', power: 'off' };
  const report = (found: typeof ON | null, data: object = {}): FoundationCommand => ({
    type: 'ReportMachine',
    data: { id: 'u1', found: found && { ...found, macs: null }, macs: [], worked: 7, ...data },
  });
  const accept: FoundationCommand = { type: 'AcceptMachine', data: {} };
  const seen: FoundationEvent = { type: 'FoundationMachineSeen', data: ON };
  const off: FoundationEvent = {
    type: 'FoundationMachineDrifted',
    data: { found: { ...OFF, macs: null }, changes: [{ part: 'power', was: 'on', is: 'off' }] },
  };
  const gone: FoundationEvent = {
    type: 'FoundationMachineDrifted',
    data: { found: null, changes: [{ part: 'machine', was: 'u1', is: null }] },
  };
  const returned: FoundationEvent = { type: 'FoundationMachineReturned', data: {} };
  const known = [defined, taken('create'), located, built, released, seen] as const;

  it('is what was found first after the last job on it', () => {
    given(foundation, ...known.slice(0, -1))
      .when(report(ON))
      .yields(seen);
    given(foundation, ...known)
      .when(report(ON))
      .yieldsNothing();
    given(foundation, ...known, taken('off', 8), { type: 'FoundationReleased', data: { job: 8 } })
      .when(report(OFF, { worked: 8 }))
      .yields({ type: 'FoundationMachineSeen', data: OFF });
  });
  it('has drifted where it is not so, or gone, which is told once', () => {
    given(foundation, ...known)
      .when(report(OFF))
      .yields(off);
    given(foundation, ...known, off)
      .when(report(OFF))
      .yieldsNothing();
    given(foundation, ...known, off)
      .when(report(null))
      .yields(gone);
    given(foundation, ...known, gone)
      .when(report(null))
      .yieldsNothing();
    given(foundation, ...known, gone)
      .when(report(ON))
      .yields(returned);
    given(foundation, ...known.slice(0, -1))
      .when(report(null))
      .yields(gone);
  });
  it('is told nothing of where a job is at work on it, or was while the platform was asked, or it is not built', () => {
    given(foundation, ...known, taken('destroy', 8))
      .when(report(null, { worked: 8 }))
      .yieldsNothing();
    given(foundation, ...known, taken('off', 8), { type: 'FoundationReleased', data: { job: 8 } })
      .when(report(OFF))
      .yieldsNothing();
    given(foundation, defined, located)
      .when(report(null, { worked: undefined }))
      .yieldsNothing();
  });
  it('is accepted as it is, unless it is gone', () => {
    const accepted: FoundationEvent = { type: 'FoundationMachineAccepted', data: OFF };
    given(foundation, ...known)
      .when(accept)
      .refuses('', 'NO_DRIFT');
    given(foundation, ...known, off)
      .when(accept)
      .yields(accepted);
    given(foundation, ...known, off, accepted)
      .when(report(OFF))
      .yieldsNothing();
    given(foundation, ...known, gone)
      .when(accept)
      .refuses('', 'GONE');
    given(foundation, ...known, off, taken('destroy', 8))
      .when(accept)
      .refuses('', 'JOB_EXISTS');
  });
  it('is adopted where it was there before, which can be undone until a job has to do with it', () => {
    const adopt: FoundationCommand = { type: 'AdoptMachine', data: ON };
    const adopted: FoundationEvent = { type: 'FoundationAdopted', data: ON };
    const undo: FoundationCommand = { type: 'RestoreFoundation', data: { value: null, shown: {} } };
    given(foundation, defined).when(adopt).yields(adopted);
    given(foundation, defined, located).when(adopt).refuses('', 'LOCATED');
    given(foundation, defined, taken('create')).when(adopt).refuses('', 'JOB_EXISTS');
    given(foundation, defined, adopted)
      .when(report(OFF, { worked: undefined }))
      .yields(off);
    expect(rowsAfter(foundations, ['host1', defined], ['host1', adopted]).get('host1')).toMatchObject({
      locatedAt: moment(2),
      builtAt: moment(2),
      machine: ON,
    });
    given(foundation, defined, adopted)
      .when({ type: 'CloseFoundation', data: { undone: true } })
      .yields(closed);
    given(foundation, defined, adopted).when(close).refuses('', 'NOT_DELETABLE');
    given(foundation, defined, adopted, closed)
      .when(undo)
      .yields({ type: 'FoundationRestored', data: { value: null, shown: {} } });
    given(foundation, defined, adopted, taken('off')).when(undo).refuses('', 'JOB_EXISTS');
    given(foundation, defined, adopted, taken('off'), released).when(undo).refuses('', 'NOT_DELETABLE');
  });
  it('is shown as far as it has drifted, until it is destroyed', () => {
    const row = (...events: readonly FoundationEvent[]) =>
      rowsAfter(foundations, ...events.map((event) => ['host1', event] as const)).get('host1');
    expect(row(...known, off)).toMatchObject({
      machine: ON,
      machineDrift: { changes: [{ part: 'power' }] },
      worked: 7,
    });
    expect(row(...known, off, returned)).not.toHaveProperty('machineDrift');
    expect(row(...known, off, destroyed)).not.toHaveProperty('machineDrift');
    expect(row(...known, off, destroyed)).not.toHaveProperty('machine');
  });
});

describe('the row of a foundation', () => {
  const life = [defined, taken('create'), located, identified, built, released, taken('destroy'), destroyed] as const;
  const row = (until: number) =>
    rowsAfter(foundations, ...life.slice(0, until).map((event) => ['host1', event] as const)).get('host1');

  it.each([
    [1, 'planned', { locatedAt: null, builtAt: null, job: null, created: moment(1), updated: moment(1) }],
    [2, 'planned', { job: { job: 7, script: 'create' }, updated: moment(1) }],
    [3, 'located', { locatedAt: moment(3), builtAt: null, updated: moment(3) }],
    [4, 'located', { idMap: { cpu: 4 }, updated: moment(4) }],
    [5, 'built', { locatedAt: moment(3), builtAt: moment(5), updated: moment(5) }],
    [6, 'built', { job: null, updated: moment(5) }],
    [7, 'built', { job: { job: 7, script: 'destroy' } }],
    [8, 'planned', { locatedAt: null, builtAt: null, idMap: null, updated: moment(8) }],
  ])('after %d events is %s: %j', (until, state, shown) => {
    const after = row(until);
    expect(after).toMatchObject({ type: 'Manual', site: 'site1', ...shown });
    expect(after && stateOf(after)).toBe(state);
  });

  it('follows changes', () =>
    expect(
      rowsAfter(
        foundations,
        ['host1', defined],
        ['host1', { type: 'FoundationSiteChosen', data: { site: 'site2' } }],
        ['host1', { type: 'FoundationBluePrintChosen', data: { blueprint: 'other' } }],
        ['host1', { type: 'FoundationOwnFieldsChanged', data: { own: { slot: 2 } } }],
      ).get('host1'),
    ).toMatchObject({ site: 'site2', blueprint: 'other', own: { slot: 2 }, updated: moment(4) }));

  it('goes with the foundation', () =>
    expect(rowsAfter(foundations, ['host1', defined], ['host1', deleted]).size).toBe(0));

  it('listens to events of foundations alone', () =>
    expect(Object.keys(foundation.evolve)).toEqual(expect.arrayContaining(Object.keys(foundations.on))));
});
