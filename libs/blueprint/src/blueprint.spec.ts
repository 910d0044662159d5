import { describe, expect, it } from '@jest/globals';
import { given, moment, rowsAfter, stateAfter } from '#testing';
import type {
  BluePrint,
  BluePrintCommand,
  BluePrintEvent,
  FoundationBluePrint,
  StructureBluePrint,
} from './blueprint.ts';
import { blueprint } from './blueprint.ts';
import { blueprints } from './blueprints.ts';

const value: FoundationBluePrint = {
  kind: 'foundation',
  description: 'by hand',
  configValues: [['ntp', 'a']],
  parents: [],
  foundationTypes: ['Manual'],
  validationTemplate: {},
  physicalInterfaceNames: ['eth0'],
};
const define: BluePrintCommand = { type: 'DefineBluePrint', data: value };
const change = (data: Partial<FoundationBluePrint>): BluePrintCommand => ({ type: 'ChangeBluePrint', data });
const fill = (slot: string, link: number, script: string): BluePrintCommand => ({
  type: 'FillSlot',
  data: { slot, link, script },
});
const empty = (slot: string, link: number): BluePrintCommand => ({ type: 'EmptySlot', data: { slot, link } });

const defined: BluePrintEvent = { type: 'BluePrintDefined', data: value };
const closed: BluePrintEvent = { type: 'BluePrintClosed', data: {} };
const deleted: BluePrintEvent = { type: 'BluePrintDeleted', data: {} };
const filled = (slot: string, link: number, script: string): BluePrintEvent => ({
  type: 'SlotFilled',
  data: { slot, link, script },
});
const emptied = (slot: string, link: number): BluePrintEvent => ({ type: 'SlotEmptied', data: { slot, link } });

describe('a blueprint', () => {
  it('is defined', () => given(blueprint).when(define).yields(defined));
  it('is defined once', () => given(blueprint, defined).when(define).refuses('name', 'TAKEN'));
  it('keeps its name while it is looked whether it may go', () =>
    given(blueprint, defined, closed).when(define).refuses('name', 'TAKEN'));
  it('may be defined anew when it is gone', () =>
    given(blueprint, defined, closed, deleted).when(define).yields(defined));

  it.each<[Partial<FoundationBluePrint>, BluePrintEvent]>([
    [{ description: 'mine' }, { type: 'BluePrintDescribed', data: { description: 'mine' } }],
    [{ configValues: [] }, { type: 'BluePrintConfigured', data: { configValues: [] } }],
    [
      { configSchema: { ntp: { type: 'text' } } },
      { type: 'ConfigSchemaChosen', data: { configSchema: { ntp: { type: 'text' } } } },
    ],
    [{ parents: ['b', 'a'] }, { type: 'BluePrintParentsChosen', data: { parents: ['b', 'a'] } }],
    [{ foundationTypes: ['VM'] }, { type: 'FoundationTypesChosen', data: { foundationTypes: ['VM'] } }],
    [
      { validationTemplate: { cpu: '2' } },
      { type: 'ValidationTemplateChosen', data: { validationTemplate: { cpu: '2' } } },
    ],
    [{ physicalInterfaceNames: [] }, { type: 'PhysicalInterfacesNamed', data: { physicalInterfaceNames: [] } }],
  ])('changes by %j', (changes, event) => {
    given(blueprint, defined).when(change(changes)).yields(event);
    const { kind: _, ...changed } = { ...value, ...changes };
    given(blueprint, defined, event).when(change(changed)).yieldsNothing();
  });

  it('does not change where nothing is said, or what holds already', () => {
    const { kind: _, ...same } = value;
    given(blueprint, defined).when(change({})).yieldsNothing();
    given(blueprint, defined)
      .when(change({ description: undefined }))
      .yieldsNothing();
    given(blueprint, defined).when(change(same)).yieldsNothing();
  });

  it('without a schema is one with an empty schema', () =>
    given(blueprint, defined)
      .when(change({ configSchema: {} }))
      .yieldsNothing());

  it('takes its parents in another order for a change: it is the order in which they apply', () =>
    given(blueprint, { type: 'BluePrintDefined', data: { ...value, parents: ['a', 'b'] } })
      .when(change({ parents: ['b', 'a'] }))
      .yields({ type: 'BluePrintParentsChosen', data: { parents: ['b', 'a'] } }));

  it.each([
    ['before it is there', []],
    ['while it is looked whether it may go', [defined, closed]],
    ['when it is gone', [defined, closed, deleted]],
  ])('does not change %s', (_, events) => {
    given(blueprint, ...events)
      .when(change({ description: 'mine' }))
      .refuses('', 'NOT_FOUND');
    given(blueprint, ...events)
      .when(fill('create', 1, 'look'))
      .refuses('blueprint', 'INVALID_VALUE');
  });
});

describe('a blueprint of a structure', () => {
  const structure: StructureBluePrint = {
    kind: 'structure',
    description: 'a server',
    configValues: [],
    parents: [],
    foundationBluePrints: ['base'],
  };
  const defined: BluePrintEvent = { type: 'BluePrintDefined', data: structure };

  it('shares its name with no blueprint of the other kind', () => {
    given(blueprint).when({ type: 'DefineBluePrint', data: structure }).yields(defined);
    given(blueprint, defined).when({ type: 'DefineBluePrint', data: value }).refuses('name', 'TAKEN');
  });

  it('is put on other foundations', () =>
    given(blueprint, defined)
      .when({ type: 'ChangeBluePrint', data: { foundationBluePrints: ['vm'] } })
      .yields({ type: 'FoundationBluePrintsAllowed', data: { foundationBluePrints: ['vm'] } }));
});

describe('a link of a blueprint of a structure', () => {
  const defined: BluePrintEvent = {
    type: 'BluePrintDefined',
    data: { kind: 'structure', description: '', configValues: [], parents: [], foundationBluePrints: ['hand'] },
  };
  const link = (source: string, add: readonly string[], keep?: readonly string[]): BluePrintCommand => ({
    type: 'LinkFoundationBluePrints',
    data: { source, add, ...(keep ? { keep } : {}) },
  });
  const linked = (source: string, ...foundationBluePrints: string[]): BluePrintEvent => ({
    type: 'FoundationBluePrintsLinked',
    data: { source, foundationBluePrints },
  });
  const unlinked = (source: string, ...foundationBluePrints: string[]): BluePrintEvent => ({
    type: 'FoundationBluePrintsUnlinked',
    data: { source, foundationBluePrints },
  });
  const allowed = (...foundationBluePrints: string[]): BluePrintEvent => ({
    type: 'FoundationBluePrintsAllowed',
    data: { foundationBluePrints },
  });

  it('is made by a file, where it is not there', () => {
    given(blueprint, defined)
      .when(link('a.toml', ['metal', 'hand', 'metal']))
      .yields(linked('a.toml', 'metal'));
    given(blueprint, defined, linked('a.toml', 'metal'))
      .when(link('b.toml', ['metal', 'hand']))
      .yieldsNothing();
  });
  it('is taken back by the file that has made it', () => {
    const links = [defined, linked('a.toml', 'metal', 'vm'), linked('b.toml', 'cloud')];
    given(blueprint, ...links)
      .when(link('a.toml', ['edge'], ['edge', 'metal']))
      .yields(unlinked('a.toml', 'vm'), linked('a.toml', 'edge'));
    given(blueprint, ...links)
      .when(link('a.toml', []))
      .yieldsNothing();
    given(blueprint, ...links)
      .when(link('c.toml', [], []))
      .yieldsNothing();
  });
  it('that was taken back by hand, and made by hand again, is that of nobody', () =>
    given(blueprint, defined, linked('a.toml', 'metal'), allowed('hand'), allowed('hand', 'metal'))
      .when(link('a.toml', [], []))
      .yieldsNothing());
  it('stays that of the file where a list by hand holds it', () =>
    given(blueprint, defined, linked('a.toml', 'metal'), allowed('metal'))
      .when(link('a.toml', [], []))
      .yields(unlinked('a.toml', 'metal')));
  it('is none of a foundation', () =>
    given(blueprint, { type: 'BluePrintDefined', data: value })
      .when(link('a.toml', ['metal']))
      .refuses('', 'NOT_FOUND'));
  it('is shown with its file', () =>
    expect(
      rowsAfter(
        blueprints,
        ['web', defined],
        ['web', linked('a.toml', 'metal', 'vm')],
        ['web', linked('b.toml', 'cloud')],
        ['web', unlinked('a.toml', 'vm')],
        ['web', allowed('hand', 'metal')],
      ).get('web'),
    ).toMatchObject({ foundationBluePrints: ['hand', 'metal'], linkedBy: { metal: 'a.toml' }, updated: moment(5) }));
});

describe('a slot of a blueprint', () => {
  const withScript = [defined, filled('create', 1, 'look')];

  it('is filled', () =>
    given(blueprint, defined)
      .when(fill('create', 1, 'look'))
      .yields(filled('create', 1, 'look')));
  it('holds one link', () =>
    given(blueprint, ...withScript)
      .when(fill('create', 2, 'other'))
      .refuses('__all__', 'TAKEN'));
  it('holds one link, even to the same script', () =>
    given(blueprint, ...withScript)
      .when(fill('create', 2, 'look'))
      .refuses('__all__', 'TAKEN'));
  it('stays as it is where its link says what it said', () =>
    given(blueprint, ...withScript)
      .when(fill('create', 1, 'look'))
      .yieldsNothing());
  it('takes another script by its link', () =>
    given(blueprint, ...withScript)
      .when(fill('create', 1, 'other'))
      .yields(filled('create', 1, 'other')));
  it('leaves the other slots alone', () =>
    given(blueprint, ...withScript)
      .when(fill('destroy', 2, 'look'))
      .yields(filled('destroy', 2, 'look')));
  it('is emptied by its link', () =>
    given(blueprint, ...withScript)
      .when(empty('create', 1))
      .yields(emptied('create', 1)));
  it('is not emptied by another link', () =>
    given(blueprint, ...withScript)
      .when(empty('create', 2))
      .yieldsNothing());
  it('is not emptied twice', () =>
    given(blueprint, ...withScript, emptied('create', 1))
      .when(empty('create', 1))
      .yieldsNothing());
  it('may be filled again', () =>
    given(blueprint, ...withScript, emptied('create', 1))
      .when(fill('create', 2, 'look'))
      .yields(filled('create', 2, 'look')));
  it('is emptied while it is looked whether the blueprint may go', () =>
    given(blueprint, ...withScript, closed)
      .when(empty('create', 1))
      .yields(emptied('create', 1)));
  it('survives changes of the blueprint', () =>
    expect(
      stateAfter(blueprint, ...withScript, { type: 'BluePrintDescribed', data: { description: 'mine' } }),
    ).toMatchObject({ value: { description: 'mine', slots: new Map([['create', { link: 1, script: 'look' }]]) } }));
});

describe('the row of a blueprint', () => {
  it('is its fold, with the scripts in its slots', () =>
    expect(
      rowsAfter(
        blueprints,
        ['base', defined],
        ['base', filled('create', 1, 'look')],
        ['base', filled('destroy', 2, 'clean')],
        ['base', { type: 'BluePrintParentsChosen', data: { parents: ['root'] } }],
        ['base', emptied('create', 1)],
        ['base', filled('destroy', 2, 'wipe')],
      ).get('base'),
    ).toEqual({
      ...value,
      parents: ['root'],
      scripts: { destroy: 'wipe' },
      origins: { ntp: { position: '1', actor: 'actor', at: moment(1) } },
      created: moment(1),
      updated: moment(4),
    }));

  it('knows which event each value came with', () => {
    const configured = (configValues: BluePrint['configValues']): BluePrintEvent => ({
      type: 'BluePrintConfigured',
      data: { configValues },
    });
    const row = rowsAfter(
      blueprints,
      ['base', defined],
      [
        'base',
        configured([
          ['ntp', 'a'],
          ['dns', 'b'],
        ]),
      ],
      [
        'base',
        configured([
          ['dns', 'c'],
          ['ntp', 'a'],
        ]),
      ],
    ).get('base');
    expect(row?.configValues).toEqual([
      ['dns', 'c'],
      ['ntp', 'a'],
    ]);
    expect(row?.origins).toMatchObject({ ntp: { position: '1' }, dns: { position: '3' } });
  });

  it('knows which event each declaration came with', () => {
    const declared = (configSchema: NonNullable<BluePrint['configSchema']>): BluePrintEvent => ({
      type: 'ConfigSchemaChosen',
      data: { configSchema },
    });
    const row = rowsAfter(
      blueprints,
      ['base', { type: 'BluePrintDefined', data: { ...value, configSchema: { ntp: { type: 'text' } } } }],
      ['base', declared({ ntp: { type: 'text' }, port: { type: 'integer' } })],
      ['base', declared({ ntp: { type: 'text' }, port: { type: 'text' } })],
    ).get('base');
    expect(row).toMatchObject({
      schemaOrigins: { ntp: { position: '1' }, port: { position: '3' } },
      updated: moment(3),
    });
  });

  it('goes with the blueprint', () => expect(rowsAfter(blueprints, ['base', defined], ['base', deleted]).size).toBe(0));

  it('listens to events of blueprints alone', () =>
    expect(Object.keys(blueprint.evolve)).toEqual(expect.arrayContaining(Object.keys(blueprints.on))));
});
