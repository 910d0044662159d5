import { describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import {
  MAX_MATCHING_MS,
  requiresIdMap,
  templateFaults,
  validateIdMap,
  validationTemplateOf,
} from './validation-template.ts';

const idMap = { cpu: { count: 4, model: 'EPYC 7302' }, disks: [{ size: 480 }, { size: 960 }], uefi: true, serial: '' };

describe('what a machine is made of', () => {
  it.each([
    [{}],
    [{ 'cpu.count': '4' }],
    [{ 'cpu.count': 4 }],
    [{ 'cpu.model': 'EPYC' }],
    [{ uefi: 'True' }],
    [{ uefi: true }],
    [{ serial: '' }],
    [{ disks: { min: 2, max: 2 } }],
    [{ 'cpu.count': { min: 4 } }],
    [{ 'disks.1.size': { min: 500, pattern: '9' } }],
  ])('is what %j asks for', (template) => expect(validateIdMap(template, idMap)).toBeUndefined());

  it.each([
    [{ nothing: '.*' }, 'Item "nothing" not found'],
    [{ 'cpu.count.more': '.*' }, 'Item "cpu.count.more" not found'],
    [{ 'disks.2': '.*' }, 'Item "disks.2" not found'],
    [{ '__proto__.x': '.*' }, 'Item "__proto__.x" not found'],
    [{ 'cpu.model': '7302' }, 'Item "cpu.model" does not match "EPYC 7302"'],
    [{ 'cpu.count': 8 }, 'Item "cpu.count" does not match "4"'],
    [{ disks: { min: 3 } }, 'Item "disks" is 2, at least 3 wanted'],
    [{ disks: { max: 1 } }, 'Item "disks" is 2, at most 1 wanted'],
    [{ 'cpu.model': { min: 1 } }, 'Item "cpu.model" is no number and no list: "EPYC 7302"'],
    [{ serial: { min: 0 } }, 'Item "serial" is no number and no list: ""'],
  ])('is not what %j asks for', (template, fault) => expect(validateIdMap(template, idMap)).toBe(fault));

  it('is not held against a pattern where it is too long', () =>
    expect(validateIdMap({ a: 'x' }, { a: 'x'.repeat(10_001) })).toMatch(/^Item "a" does not match "x{200}"$/));

  it('is not held against patterns for longer than they may take, all together', () => {
    // Tries every way to divide the text: it would not end within the life of the machine.
    const template = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`item${n}`, '(x+)+$']));
    const slow = Object.fromEntries(Object.keys(template).map((name) => [name, `${'x'.repeat(60)}!`]));
    const begun = performance.now();
    expect(validateIdMap(template, slow)).toBe(
      `Item "item0" takes too long to be held against its pattern: "${slow['item0']}"`,
    );
    expect(performance.now() - begun).toBeLessThan(100 * MAX_MATCHING_MS);
    expect(validateIdMap({ a: 'x+' }, { a: 'xxx' })).toBeUndefined();
  });
});

it('templates that can not be used say why', () => {
  expect(templateFaults({ a: 'fine', b: { min: 1 }, c: 4, d: true })).toEqual([]);
  expect(templateFaults({ a: '(', b: { min: 'x' }, c: { most: 1 }, d: null, e: [] })).toEqual([
    'item "a" has a pattern that is no regular expression: "("',
    'item "b" has a "min" or "max" that is no number',
    'item "c" must be a regular expression, or a map with "pattern", "min" or "max"',
    'item "d" must be a regular expression, or a map with "pattern", "min" or "max"',
    'item "e" must be a regular expression, or a map with "pattern", "min" or "max"',
  ]);
});

it('the template that counts is its own, else the first one of its parents, depth first', async () => {
  const log = new Streams();
  const define = (name: string, parents: readonly string[], validationTemplate: object) =>
    log.put({ category: 'blueprint' }, name, {
      type: 'BluePrintDefined',
      data: { kind: 'foundation', parents, validationTemplate },
    });
  define('top', [], { top: '1' });
  define('empty', ['top'], {});
  define('second', [], { second: '2' });
  define('own', ['second'], { own: '3' });
  define('heir', ['empty', 'second'], {});
  define('none', [], {});
  const work = new UnitOfWork(log);
  expect(await validationTemplateOf(work, 'own')).toEqual({ own: '3' });
  expect(await validationTemplateOf(work, 'heir')).toEqual({ top: '1' });
  expect(await requiresIdMap(work, 'none')).toBe(false);
  expect(await requiresIdMap(work, 'missing')).toBe(false);
});
