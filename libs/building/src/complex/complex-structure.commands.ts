import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
} from '#api';
import type { UnitOfWork } from '#kernel';
import { structureFor } from '../structure/find-structure.ts';
import { structure } from '../structure/structure.ts';
import type { complexStructureFields } from './complex-structure.api.ts';
import type { ComplexStructure } from './complex-structure.ts';
import { complexStructure } from './complex-structure.ts';
import type { Member } from './complex.ts';
import { complex } from './complex.ts';

/** The largest number of members of one complex. */
export const MAX_MEMBERS = 1000;

type Fields = typeof complexStructureFields;

/** Makes a structure a member of a complex. */
export class CreateComplexStructure extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeComplexStructure extends ChangeCommand<ChangedValues<Fields>> {}
export class DeleteComplexStructure extends DeleteCommand {}

/** The fields of a request that say which complex, and which structures become its members: faults are theirs. */
export interface MembershipFields {
  readonly complex: string;
  readonly structure: string;
}

const OWN_FIELDS: MembershipFields = { complex: 'complex', structure: 'structure' };

async function setMembers(
  work: UnitOfWork,
  name: string,
  change: (members: readonly Member[]) => readonly Member[],
  fields = OWN_FIELDS,
): Promise<void> {
  const found = await work.load(complex, name);
  if (found.stage !== 'active') {
    work.fault(fields.complex, 'INVALID_VALUE', `there is no complex ${name}`);
    return;
  }
  const members = change(found.value.members);
  const { type, maxMembers } = found.value;
  if (maxMembers !== undefined && members.length > Math.max(maxMembers, found.value.members.length)) {
    const most = maxMembers === 1 ? 'one member' : `${maxMembers} members`;
    work.fault(fields.structure, 'TOO_MANY', `complex "${name}" is of the type "${type}", and has ${most} at most`);
  } else if (members.length > MAX_MEMBERS) {
    work.fault(fields.structure, 'TOO_MANY', `a complex has at most ${MAX_MEMBERS} members`);
  }
  await work.decide(complex, name, { type: 'ChangeComplex', data: { members } });
}

/** Puts a structure into a complex, by a membership with this id. */
export async function addMembership(
  work: UnitOfWork,
  membership: number,
  of: ComplexStructure,
  fields = OWN_FIELDS,
): Promise<void> {
  if (!(await structureFor(work, fields.structure, of.structure))) return;
  const data = { complex: of.complex, membership };
  const refusal = await work.attempt(structure, of.structure, { type: 'JoinComplex', data });
  for (const { code, text } of refusal?.faults ?? []) work.fault(fields.structure, code, text);
  await setMembers(work, of.complex, (members) => [...members, { structure: of.structure, membership }], fields);
  await work.decide(complexStructure, membership, { type: 'AddComplexStructure', data: of });
}

/** Puts many structures into a complex, by memberships with these ids, in one change of it. */
export async function addMemberships(
  work: UnitOfWork,
  name: string,
  members: readonly Member[],
  fields: MembershipFields,
): Promise<void> {
  for (const { structure: id, membership } of members) {
    await work.decide(structure, id, { type: 'JoinComplex', data: { complex: name, membership } });
    const of: ComplexStructure = { complex: name, structure: id };
    await work.decide(complexStructure, membership, { type: 'AddComplexStructure', data: of });
  }
  await setMembers(work, name, (before) => [...before, ...members], fields);
}

/** Takes a structure out of the complex that a membership has put it in. */
export async function removeMembership(work: UnitOfWork, membership: number): Promise<void> {
  const of = await work.load(complexStructure, membership);
  if (!of) return;
  await leave(work, membership, of);
  await work.decide(complexStructure, membership, { type: 'RemoveComplexStructure', data: {} });
}

async function leave(work: UnitOfWork, membership: number, of: ComplexStructure): Promise<void> {
  await work.decide(structure, of.structure, { type: 'LeaveComplex', data: { membership } });
  const found = await work.load(complex, of.complex);
  if (found.stage !== 'active') return;
  await setMembers(work, of.complex, (members) => members.filter((member) => member.membership !== membership));
}

const createComplexStructure = createHandler(CreateComplexStructure, async (work, values, _, ids) => {
  const id = await ids.next('complexStructure');
  await addMembership(work, id, { complex: values.complex, structure: values.structure });
  return id;
});

const changeComplexStructure = changeHandler(ChangeComplexStructure, async (work, key, values) => {
  const id = Number(key);
  const before = await work.load(complexStructure, id);
  if (!before) {
    work.fault('', 'NOT_FOUND', 'ComplexStructure does not exist');
    return;
  }
  const after: ComplexStructure = {
    complex: values.complex ?? before.complex,
    structure: values.structure ?? before.structure,
  };
  if (after.complex === before.complex && after.structure === before.structure) return;
  if (!(await structureFor(work, 'structure', after.structure))) return;
  await leave(work, id, before);
  const joins = { complex: after.complex, membership: id };
  await work.decide(structure, after.structure, { type: 'JoinComplex', data: joins });
  const member = { structure: after.structure, membership: id };
  await setMembers(work, after.complex, (members) => [...members, member]);
  await work.decide(complexStructure, id, { type: 'ChangeComplexStructure', data: after });
});

const deleteComplexStructure = deleteUnreferencedHandler(
  DeleteComplexStructure,
  'Building/ComplexStructure',
  (work, id) => removeMembership(work, Number(id)),
);

export const complexStructureHandlers = [createComplexStructure, changeComplexStructure, deleteComplexStructure];
