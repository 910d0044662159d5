import { describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { structure } from '../structure/structure.ts';
import type { MembershipFields } from './complex-structure.commands.ts';
import { addMembership, MAX_MEMBERS } from './complex-structure.commands.ts';
import type { ComplexStructure } from './complex-structure.ts';
import { complex } from './complex.ts';

/** A complex with members, 1 and so on, and a structure 2000 that may become one. */
function logWith(members: number, more: object = {}): Streams {
  const log = new Streams();
  const its = Array.from({ length: members }, (_, n) => ({ structure: n + 1, membership: n + 1 }));
  const value = { type: 'Box', site: 's1', description: '', builtPercentage: 90, own: {}, ...more };
  log.put(complex, 'c', { type: 'ComplexDefined', data: { ...value, members: its } });
  log.put(structure, 2000, { type: 'StructureDefined', data: { hostname: 'web1', site: 's1' } });
  return log;
}

/** What is wrong with making a structure a member: fields and codes. */
async function faultsOf(log: Streams, of: ComplexStructure, fields?: MembershipFields) {
  const work = new UnitOfWork(log);
  const faults = await work.faultsOf(() => addMembership(work, 5000, of, fields));
  return faults.map(({ field, code }) => `${field} ${code}`);
}

describe('what is wrong with a membership', () => {
  const asked = { complex: 'name', structure: 'members' };
  const taken = logWith(0);
  taken.put(structure, 2000, { type: 'ComplexJoined', data: { complex: 'other', membership: 7 } });

  const of = { complex: 'c', structure: 2000 };

  it.each<[string, Streams, ComplexStructure, string]>([
    ['the complex has as many as its type may have', logWith(1, { maxMembers: 1 }), of, 'structure TOO_MANY'],
    ['it has as many as any may have', logWith(MAX_MEMBERS), of, 'structure TOO_MANY'],
    ['the structure is in another complex', taken, of, 'structure TAKEN'],
    ['there is no such structure', logWith(0), { ...of, structure: 2001 }, 'structure INVALID_VALUE'],
    ['there is no such complex', logWith(0), { ...of, complex: 'd' }, 'complex INVALID_VALUE'],
  ])('is a fault of the field of the request: %s', async (_, log, membership, fault) => {
    expect(await faultsOf(log, membership)).toEqual([fault]);
    const [field, code] = fault.split(' ') as [keyof MembershipFields, string];
    expect(await faultsOf(log, membership, asked)).toEqual([`${asked[field]} ${code}`]);
  });
});
