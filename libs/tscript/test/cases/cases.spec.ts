import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Case, Decided } from './case.ts';
import { checkCase } from './check-case.ts';

const folder = new URL('../../../../test/cases/', import.meta.url);

function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

const { cases } = load('tscript.json') as { cases: Case[] };
const decided = load('tscript-decided.json') as Record<string, Decided>;
const groups = [...new Set(cases.map(({ group }) => group))];

describe.each(groups)('the recorded cases about %s', (group) => {
  const rows = cases.filter((row) => row.group === group);

  it.each(rows.map((row) => [row.id, row.note || row.script, row] as const))('%s: %s', (id, _note, row) => {
    expect(checkCase(row, decided[id]).differences).toEqual([]);
  });

  it('go the same when the machine is stored after every instruction', () => {
    const plain = rows.filter(({ steps = [] }) => steps.every(({ ttl }) => ttl === undefined));
    const failed = plain
      .filter((row) => row.id !== 'ttl-001')
      .map((row) => checkCase(row, decided[row.id], { every: 1 }));
    expect(failed.flatMap(({ id, differences }) => differences.map((text) => `${id} ${text}`))).toEqual([]);
  });
});

describe('the decided cases', () => {
  it('each belong to a recorded one, and have a reason', () => {
    const known = new Set(cases.map(({ id }) => id));
    expect(Object.keys(decided).filter((id) => !known.has(id))).toEqual([]);
    expect(Object.values(decided).filter(({ reason }) => reason.length < 10)).toEqual([]);
  });

  it('cover every case whose recording shows a fault', () => {
    const open = cases.filter(({ id, original_bug: fault }) => fault === true && !Object.hasOwn(decided, id));
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  it.each(cases.filter(({ original_bug: fault }) => fault).map((row) => [row.id, row] as const))(
    '%s would also be decided by rule',
    (_id, row) => {
      expect(checkCase(row).differences).toEqual([]);
    },
  );
});
