import { describe, expect, it } from '@jest/globals';
import { overlay } from '#config';
import type { View } from '#read-store';
import { moment, rowsAfter } from '#testing';
import type { BluePrint } from './blueprint.ts';
import { blueprintLayers } from './blueprint-layers.ts';
import { blueprints } from './blueprints.ts';

const value = (parents: readonly string[], configValues: BluePrint['configValues']): BluePrint => ({
  kind: 'structure',
  description: '',
  configValues,
  parents,
  foundationBluePrints: [],
});

/** A view of blueprints, each defined by one event. */
function viewOf(all: Readonly<Record<string, BluePrint>>): View {
  const story = Object.entries(all).map(([name, data]) => [name, { type: 'BluePrintDefined', data }] as const);
  const rows = rowsAfter(blueprints, ...story);
  return { get: async (_: unknown, key: string) => rows.get(key) } as unknown as View;
}

describe('what a blueprint hands down', () => {
  const view = viewOf({
    top: value(
      [],
      [
        ['a', 1],
        ['l', ['top']],
      ],
    ),
    left: value(['top'], [['>l', 'left']]),
    right: value(
      ['top'],
      [
        ['>l', 'right'],
        ['a', 2],
      ],
    ),
    own: value(['right', 'left'], [['>l', 'own']]),
  });

  it('comes from its parents in the order in which they are listed, depth first, once for every way', async () => {
    const { layers, changed } = await blueprintLayers(view, 'own');
    expect(layers.map(({ source }) => source.id)).toEqual(['top', 'right', 'top', 'left', 'own']);
    expect([...overlay(layers).values]).toEqual([
      ['a', 1],
      ['l', ['top', 'left', 'own']],
      ['_blueprint', 'own'],
    ]);
    expect(changed.toSorted()).toEqual([1, 2, 3, 4].map(moment));
  });

  it('is told with the event each value came with', async () => {
    const { layers } = await blueprintLayers(view, 'left');
    expect(layers.map(({ origins }) => origins)).toEqual([
      { a: { position: '1', actor: 'actor', at: moment(1) }, l: { position: '1', actor: 'actor', at: moment(1) } },
      { '>l': { position: '2', actor: 'actor', at: moment(2) } },
    ]);
  });

  it('begins with the values that are declared, each by the last blueprint that declares its key', async () => {
    const { layers, declarations } = await blueprintLayers(
      viewOf({
        base: {
          ...value([], [['>dns', 'own']]),
          configSchema: {
            dns: { type: 'list', default: ['declared'] },
            port: { type: 'integer', default: 80 },
            name: { type: 'text', default: 'x' },
          },
        },
        web: {
          ...value(['base'], []),
          configSchema: { port: { type: 'text', default: 'http' }, name: { type: 'text' } },
        },
      }),
      'web',
    );
    expect(layers.map(({ source }) => source)).toEqual([
      { kind: 'Default', id: 'base' },
      { kind: 'Default', id: 'web' },
      { kind: 'BluePrint', id: 'base' },
      { kind: 'BluePrint', id: 'web' },
    ]);
    expect(layers[1]?.origins).toEqual({ port: { position: '2', actor: 'actor', at: moment(2) } });
    expect([...overlay(layers).values]).toEqual([
      ['dns', ['declared', 'own']],
      ['port', 'http'],
      ['_blueprint', 'web'],
    ]);
    expect(Array.from(declarations, ([key, { declared, by }]) => [key, declared.type, by.id])).toEqual([
      ['dns', 'list', 'base'],
      ['port', 'text', 'web'],
      ['name', 'text', 'web'],
    ]);
  });

  it('is nothing where there is no blueprint', async () =>
    expect(await blueprintLayers(view, 'none')).toEqual({ layers: [], changed: [], rows: [], declarations: new Map() }));

  it('has a bound', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `b${n}`);
    const doubling = viewOf(
      Object.fromEntries(names.map((name, n) => [name, value(n === 0 ? [] : [`b${n - 1}`, `b${n - 1}`], [])])),
    );
    await expect(blueprintLayers(doubling, 'b19')).rejects.toMatchObject({ faults: [{ code: 'TOO_MANY_LAYERS' }] });
  });
});
