import { describe, expect, it } from '@jest/globals';
import type { Layer } from '#config';
import type { Json } from '#kernel';
import { secretReference } from '#kernel';
import { revealedLayers } from './revealed-layers.ts';

const KEPT: Readonly<Record<string, Json>> = { a: 'hush', b: { user: 'x' } };
const read = async ({ $secret: id }: { readonly $secret: string }) => KEPT[id];

describe('the layers of a machine that asks for itself', () => {
  it('have the secrets of their values in clear text, at any depth; what was erased is null', async () => {
    const values: [string, Json][] = [
      ['my_password', secretReference('a')],
      ['users', [{ name: 'x', password: secretReference('b') }, { password: secretReference('gone') }]],
      ['port', 80],
    ];
    const [layer] = await revealedLayers([{ source: { kind: 'Site', id: 'site1' }, values }], read);
    expect(layer?.values).toEqual([
      ['my_password', 'hush'],
      ['users', [{ name: 'x', password: { user: 'x' } }, { password: null }]],
      ['port', 80],
    ]);
  });

  it('keep what is known of the objects as it is: a machine can not name a secret', async () => {
    const layer: Layer = {
      source: { kind: 'Foundation', id: 'host1' },
      attributes: [['_foundation_id_map', { serial: secretReference('a') }]],
    };
    expect(await revealedLayers([layer], read)).toEqual([layer]);
  });
});
