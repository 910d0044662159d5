import { describe, expect, it } from '@jest/globals';
import { plain } from './answers.ts';
import { givenDocument } from './given-document.ts';

const source = { source: '10.0.0.9' };
const path = (by: 'caller' | 'uuid' | 'structure' | 'address', type = 'boot_script') => ({ type, by, id: '' });
const own = { about: { kind: 'Structure', id: 3 }, itself: true } as const;

describe('what is noted of a document', () => {
  it.each([
    [plain(200, '#!ipxe\n'), 'disk', 'served', 7, 'PXE disk'],
    [plain(200, ''), undefined, 'missing', 0, 'nothing is to be booted'],
    [plain(500, 'echo a password'), 'disk', 'broken off', 0, 'it cannot be rendered, PXE disk'],
  ])('%j', (answer, pxe, outcome, size, detail) =>
    expect(givenDocument(path('caller'), source, { answer, pxe, target: own })).toEqual({
      address: '10.0.0.9',
      what: 'boot_script',
      outcome,
      size,
      detail,
      structure: 3,
    }),
  );

  it('is whose nobody is known to be, and that it was by the uuid', () => {
    const answer = plain(404, 'Config UUID Not Found');
    expect(givenDocument(path('uuid'), source, { answer })).toMatchObject({
      outcome: 'missing',
      detail: 'Config UUID Not Found, by config_uuid',
      structure: undefined,
    });
    expect(givenDocument(path('caller', 'x'.repeat(99)), source, { answer })?.what).toHaveLength(40);
  });

  it('is nothing where others ask', () => {
    const answer = plain(200, 'x');
    expect(givenDocument(path('structure'), source, { answer })).toBe(undefined);
    expect(givenDocument(path('address'), source, { answer })).toBe(undefined);
    expect(givenDocument(path('address'), source, { answer, target: own })).toMatchObject({ outcome: 'served' });
  });
});
