import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { blueprint } from './blueprint.ts';
import {
  allowedFoundationBluePrints,
  checkParents,
  foundationBluePrintFor,
  structureBluePrintFor,
} from './find-blueprint.ts';

const common = { description: '', configValues: [] };

describe('blueprints that others refer to', () => {
  let streams: Streams;
  const structure = (name: string, parents: readonly string[], foundationBluePrints: readonly string[] = []) =>
    streams.put(blueprint, name, {
      type: 'BluePrintDefined',
      data: { kind: 'structure', ...common, parents, foundationBluePrints },
    });
  const foundation = (name: string) =>
    streams.put(blueprint, name, {
      type: 'BluePrintDefined',
      data: {
        kind: 'foundation',
        ...common,
        parents: [],
        foundationTypes: ['Manual'],
        validationTemplate: {},
        physicalInterfaceNames: [],
      },
    });
  beforeEach(() => {
    streams = new Streams();
  });

  it('are of the kind that is asked for', async () => {
    structure('web', []);
    foundation('metal');
    const work = new UnitOfWork(streams);
    expect(await structureBluePrintFor(work, 'blueprint', 'web')).toMatchObject({ kind: 'structure' });
    expect(await foundationBluePrintFor(work, 'blueprint', 'metal')).toMatchObject({ kind: 'foundation' });
    work.throwIfFaulted();
    expect(await foundationBluePrintFor(work, 'blueprint', 'web')).toBeUndefined();
    expect(() => work.throwIfFaulted()).toThrow('there is no foundation blueprint web');
  });

  it('can be put on the foundations of their own and of their parents, each once', async () => {
    structure('top', [], ['metal', 'vm']);
    structure('web', ['top'], ['vm', 'cloud']);
    expect(await allowedFoundationBluePrints(new UnitOfWork(streams), 'web')).toEqual(['vm', 'cloud', 'metal']);
  });

  it.each([
    ['itself', 'top', ['top']],
    ['a child', 'top', ['web']],
    ['a child of a child', 'top', ['other', 'shop']],
  ])('do not have %s as their parent', async (_, name, parents) => {
    structure('top', []);
    structure('other', []);
    structure('web', ['top']);
    structure('shop', ['web']);
    const work = new UnitOfWork(streams);
    await checkParents(work, name, parents, 'structure');
    expect(() => work.throwIfFaulted()).toThrow('would be its own parent');
  });

  it('have parents of their own kind', async () => {
    foundation('metal');
    const work = new UnitOfWork(streams);
    await checkParents(work, 'web', ['metal', 'none'], 'structure');
    expect(() => work.throwIfFaulted()).toThrow(
      'there is no structure blueprint metal; parent_list: there is no structure',
    );
  });
});
