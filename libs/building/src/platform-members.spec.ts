import { beforeEach, describe, expect, it } from '@jest/globals';
import { blueprints } from '#blueprint';
import { addressBlocks, addresses, networkAddressBlocks, networks } from '#ipam';
import { secretReference, UnitOfWork } from '#kernel';
import type { ComplexType, FoundationType } from '#platform';
import { MacsEffect } from '#platform/server';
import { sites } from '#site';
import { Streams } from '#testing';
import type { CallContext, HostMember } from '#tscript';
import { foundationRow, structureRow, viewOfRows } from '../test/view-of-rows.ts';
import { complexes, complexState } from './complex/complexes.ts';
import { foundation } from './foundation.ts';
import { foundations } from './foundations.ts';
import { foundationInterfaces } from './interface/foundation-interfaces.ts';
import { logicalInterfaces } from './interface/logical-interfaces.ts';
import { realInterface } from './interface/real-interface.ts';
import { realInterfaces } from './interface/real-interfaces.ts';
import { applyMacEffects } from './interface/set-macs.ts';
import { applyOwnValues, OwnValueEffect } from './own-value-effect.ts';
import { sealedFields } from './own-secrets.ts';
import { platformMembers } from './platform-members.ts';
import { structures } from './structure/structures.ts';

const BOX: FoundationType = {
  type: 'Box',
  model: 'Lab/Box',
  doc: '',
  classes: ['VM', 'Box'],
  locates: 'with-complex',
  complexField: 'rack',
  machineId: 'box_id',
  fields: {
    rack: { type: { kind: 'Model', model: 'Lab/Rack' }, mode: 'RW', required: true },
    box_id: { type: { kind: 'String', length: 4 }, mode: 'RO', required: false },
  },
  values: {
    box_spec: ({ structureValue }) => ({ cpus: structureValue('cpus') ?? 1, size: structureValue('size') ?? null }),
  },
  functions: {},
};
const RACK: ComplexType = {
  type: 'Rack',
  model: 'Lab/Rack',
  doc: '',
  fields: {},
  connection: ({ rack_password: password }, host) => ({ host, password: password ?? null }),
  carries: { type: 'Box', blueprint: 'box-base' },
};
const findType = (name: string) => (name === 'Box' ? BOX : undefined);
const context = { now: 0 } as CallContext;

/** The address 10.0.0.10 of structure 1. */
const ADDRESS = {
  kind: 'Address',
  block: 1,
  offset: '10',
  holder: 1,
  interfaceName: 'eth0',
  aliasIndex: null,
  pointer: null,
  primary: true,
};

/** A host with an address, and a foundation that the complex `rack1` carries, on which structure 2 stands. */
const world = (more: { complex?: object; config?: readonly (readonly [string, unknown])[] } = {}) =>
  viewOfRows([
    [addresses, { 1: ADDRESS }],
    [addressBlocks, { 1: { site: 'site1', name: 'block', subnet: '10.0.0.0', prefix: 24, gatewayOffset: null } }],
    [networks, {}],
    [networkAddressBlocks, {}],
    [realInterfaces, {}],
    [logicalInterfaces, {}],
    [
      complexes,
      {
        rack1: {
          type: 'Rack',
          site: 'site1',
          description: '',
          builtPercentage: 90,
          members: [{ structure: 1, membership: 1 }],
          own: { rack_password: secretReference('s1') },
          ...more.complex,
        },
      },
    ],
    [foundations, { host1: foundationRow({ type: 'Manual', own: {} }), box1: foundationRow({ type: 'Box', own: {} }) }],
    [
      structures,
      {
        1: structureRow('host', { foundation: 'host1', configValues: [], origins: {} }),
        2: structureRow('web', { foundation: 'box1', configValues: more.config ?? [], origins: {}, builtAt: null }),
      },
    ],
    [blueprints, {}],
    [sites, {}],
  ] as never);

const members = (
  view = world(),
  { structure = 2, settable = true }: { structure?: number | null; settable?: boolean } = {},
) =>
  platformMembers(
    view,
    {
      locator: 'box1',
      value: {
        type: 'Box',
        site: 'site1',
        blueprint: 'box-base',
        idMap: null,
        complex: 'rack1',
        own: { rack: 'rack1', box_id: null },
        structure: structure ?? undefined,
      },
      settable,
    },
    findType,
    { complexTypes: [RACK], served: { contractorUrl: 'http://contractor', pxeUrl: 'http://static/pxe/' } },
  );
const read = (found: Readonly<Record<string, HostMember>>, name: string) => found[name]?.get?.(context);

describe('what a platform has scripts read of a foundation', () => {
  it('is how its complex is reached, by the primary address of the host, with a reference for a password', async () => {
    expect(read(await members(), 'connection')).toEqual({ host: '10.0.0.10', password: { $secret: 's1' } });
  });

  it.each([
    [{ members: [] }, 'complex "rack1" has no member: by that it is reached'],
    [{ members: [{ structure: 2 }] }, 'structure "web", the host of complex "rack1", has no primary address'],
    [{ host: { structure: 9, suffices: false } }, 'structure 9, the host of complex "rack1", is gone'],
  ])('tells why it is not reached: %j', async (complex, text) => {
    const found = await members(world({ complex }));
    expect(() => read(found, 'connection')).toThrow(text);
  });

  it('is worked out of the rendered configuration of the structure on it', async () => {
    const config = [
      ['cpus', 2],
      ['size', '{{ __pxe_location }}{{ cpus * 2 }}'],
    ] as const;
    expect(read(await members(world({ config })), 'box_spec')).toEqual({ cpus: 2, size: 'http://static/pxe/4' });
  });

  it.each([
    [[['size', '{{ nothing.at.all }}']], 'configuration value "size": '],
    [
      [
        ['the_password', secretReference('s2')],
        ['size', 'x{{ the_password }}'],
      ],
      'configuration value "size" has a secret in a longer text, which can not be sent',
    ],
  ])('tells what of that can not be used: %j', async (config, text) => {
    const found = await members(world({ config: config as never }));
    expect(() => read(found, 'box_spec')).toThrow(text);
  });

  it('is nothing without a structure', async () => {
    const found = await members(world(), { structure: null });
    expect(() => read(found, 'box_spec')).toThrow('no structure stands on the foundation');
  });

  it('can be set in its own jobs alone', async () => {
    expect((await members(world(), { settable: false }))['box_id']).toBeUndefined();
    const { box_id: id } = await members();
    const effects: unknown[] = [];
    id?.set?.('b-1', effects, context);
    expect([id?.get?.(context), effects]).toEqual(['b-1', [new OwnValueEffect('box_id', 'b-1')]]);
    expect(() => id?.set?.('too long', effects, context)).toThrow('must be text of at most 4 characters, or None');
    expect(() => id?.set?.(7, effects, context)).toThrow('must be text of at most 4 characters, or None');
  });
});

describe('what a script has told of a foundation', () => {
  let log: Streams;
  beforeEach(() => {
    log = new Streams();
    log.put(foundation, 'box1', {
      type: 'FoundationDefined',
      data: { type: 'Box', site: 'site1', blueprint: 'x', idMap: null, own: { rack: 'rack1', box_id: null } },
    });
    for (const [id, location] of [
      [1, 'eth0'],
      [2, 'eth1'],
    ] as const) {
      const put = { id, name: location, physicalLocation: location, provisioning: false };
      log.put(foundationInterfaces, 'box1', { type: 'InterfacePut', data: put });
      log.put(realInterface, id, {
        type: 'RealInterfaceDefined',
        data: {
          foundation: 'box1',
          name: location,
          physicalLocation: location,
          network: 1,
          mac: null,
          provisioning: false,
          linkName: null,
          pxe: null,
        },
      });
    }
  });
  const macOf = async (id: number) => ((await log.state(realInterface, id)) as { value: { mac: string } }).value.mac;
  const other = { foundation: 'box2', name: 'eth0', physicalLocation: 'eth0', network: 1, mac: '02:00:00:00:00:09' };
  const view = viewOfRows([[realInterfaces, { 7: other }]] as never);

  it('is stored: what it is known by, as it was set last', async () => {
    const effects = [new OwnValueEffect('box_id', 'b-1'), new OwnValueEffect('box_id', 'b-2')];
    await log.execute((work: UnitOfWork) => applyOwnValues(work, 'box1', effects));
    expect(await log.state(foundation, 'box1')).toMatchObject({ value: { own: { rack: 'rack1', box_id: 'b-2' } } });
  });

  it('is stored: MACs in any notation', async () => {
    const effects = [new MacsEffect({ eth0: '0200000000AA', eth1: '0200.0000.00ab' })];
    await log.execute((work) => applyMacEffects(work, view, 'box1', effects));
    expect([await macOf(1), await macOf(2)]).toEqual(['02:00:00:00:00:aa', '02:00:00:00:00:ab']);
  });

  it.each([
    [
      { eth0: '020000000009' },
      'MAC 02:00:00:00:00:09, of "eth0", is that of interface "eth0" of foundation "box2" already',
    ],
    [{ eth0: '020000000001', eth1: '020000000001' }, 'MAC 02:00:00:00:00:01, of "eth1", is that of "eth0" already'],
    [{ eth7: '020000000001' }, 'foundation "box1" has no interface "eth7"'],
  ])('is refused: %j', async (macs, text) => {
    const effects = [new MacsEffect(macs)];
    await expect(log.execute((work) => applyMacEffects(work, view, 'box1', effects))).rejects.toThrow(text);
  });
});

describe('secrets among the fields of a platform', () => {
  const kept: string[] = [];
  const secrets = {
    keep: async (value: unknown, owner: string) => {
      kept.push(`${owner}: ${String(value)}`);
      return secretReference(`s${kept.length}`);
    },
    holds: async (reference: { readonly $secret: string }, value: unknown) =>
      reference.$secret === 'old' && value === 'same',
  };
  const before = { box_password: secretReference('old'), box_user: 'x' };
  const seal = async (fields: object, known: object | undefined = before) => {
    const work = new UnitOfWork(new Streams());
    const sealed = await sealedFields(work, fields as never, {
      owner: 'Complex c',
      before: known as never,
      secrets,
      request: 'r',
    });
    work.throwIfFaulted();
    return sealed;
  };

  it('are kept, and left alone where they are masks or the same', async () => {
    kept.length = 0;
    expect(await seal({ box_password: 'new', box_user: 'y' })).toEqual({
      box_password: { $secret: 's1' },
      box_user: 'y',
    });
    expect(await seal({ box_password: '********' })).toEqual({ box_password: { $secret: 'old' } });
    expect(await seal({ box_password: 'same' })).toEqual({ box_password: { $secret: 'old' } });
    expect(await seal({ box_password: '_VAULT_' })).toEqual({ box_password: '_VAULT_' });
    expect(kept).toEqual(['Complex c box_password: new']);
    await expect(seal({ box_password: '********' }, {})).rejects.toThrow(
      'is a mask, and there is no value it stands for',
    );
  });
});

describe('a complex with a host', () => {
  const state = (host: object, built: readonly number[], members: readonly number[]) =>
    complexState(
      viewOfRows([
        [
          structures,
          Object.fromEntries(
            [1, 2].map((id) => [id, structureRow('s', { builtAt: built.includes(id) ? 'then' : null })]),
          ),
        ],
      ] as never),
      {
        builtPercentage: 90,
        members: members.map((structure) => ({ structure, membership: structure })),
        host,
      } as never,
    );
  const host = { structure: 1, suffices: false };
  it.each([
    [host, [1, 2], [2], 'built'],
    [host, [2], [2], 'planned'],
    [host, [1], [2], 'planned'],
    [host, [1], [], 'planned'],
    [{ ...host, suffices: true }, [1], [], 'built'],
    [{ ...host, suffices: true }, [], [], 'planned'],
    [{ ...host, suffices: true }, [1], [2], 'planned'],
  ])('%j is, with %j built and the members %j, %s', async (its, built, inside, expected) => {
    expect(await state(its, built, inside)).toBe(expected);
  });
});
