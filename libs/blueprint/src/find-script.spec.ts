import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { blueprint } from './blueprint.ts';
import { findScript } from './find-script.ts';
import { script } from './script.ts';

const value = {
  kind: 'foundation',
  description: '',
  configValues: [],
  foundationTypes: [],
  validationTemplate: {},
  physicalInterfaceNames: [],
} as const;

describe('the script in a slot of a blueprint', () => {
  let streams: Streams;
  beforeEach(() => {
    streams = new Streams();
  });
  const put = (name: string, parents: readonly string[], slots: Readonly<Record<string, string>> = {}) => {
    streams.put(blueprint, name, { type: 'BluePrintDefined', data: { ...value, parents } });
    for (const [slot, text] of Object.entries(slots)) {
      streams.put(script, text, { type: 'ScriptWritten', data: { description: '', text: `# ${text}` } });
      streams.put(blueprint, name, { type: 'SlotFilled', data: { slot, link: 1, script: text } });
    }
  };
  const find = async (name: string, slot = 'create') => (await findScript(new UnitOfWork(streams), name, slot))?.name;

  it('is its own, with its text', async () => {
    put('base', [], { create: 'build' });
    expect(await findScript(new UnitOfWork(streams), 'base', 'create')).toEqual({ name: 'build', text: '# build' });
  });

  it('is its own before that of a parent', async () => {
    put('root', [], { create: 'old' });
    put('base', ['root'], { create: 'new' });
    expect(await find('base')).toBe('new');
  });

  it.each([
    ['the first parent that has one', { a: {}, b: { create: 'of b' }, c: { create: 'of c' } }, 'of b'],
    ['no parent, where the slot is another', { a: { destroy: 'of a' } }, undefined],
  ])('is that of %s', async (_, parents: Readonly<Record<string, Readonly<Record<string, string>>>>, found) => {
    for (const [name, slots] of Object.entries(parents)) put(name, [], slots);
    put('base', Object.keys(parents));
    expect(await find('base')).toBe(found);
  });

  it('is looked for among the parents of a parent before the next parent', async () => {
    put('grand', [], { create: 'of grand' });
    put('a', ['grand']);
    put('b', [], { create: 'of b' });
    put('base', ['a', 'b']);
    expect(await find('base')).toBe('of grand');
  });

  it('is none where there is no blueprint, or the script is gone', async () => {
    expect(await find('nothing')).toBeUndefined();
    put('base', []);
    streams.put(blueprint, 'base', { type: 'SlotFilled', data: { slot: 'create', link: 1, script: 'gone' } });
    expect(await find('base')).toBeUndefined();
  });
});
