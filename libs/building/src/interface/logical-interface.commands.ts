import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
  checkPattern,
} from '#api';
import { networkFor } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { structureFor } from '../structure/find-structure.ts';
import type { abstractInterfaceFields, aggregatedInterfaceFields } from './logical-interface.api.ts';
import type { LogicalInterface } from './logical-interface.ts';
import { logicalInterface } from './logical-interface.ts';
import { checkMembers, checkNetworkChange, checkStays } from './members.ts';
import { removeLogicalInterface } from './remove-interfaces.ts';
import { structureInterfaces } from './structure-interfaces.ts';

type Abstract = typeof abstractInterfaceFields;
type Aggregated = typeof aggregatedInterfaceFields;

export class CreateAbstractInterface extends CreateCommand<NewValues<Abstract>, number> {}
export class ChangeAbstractInterface extends ChangeCommand<ChangedValues<Abstract>> {}
export class CreateAggregatedInterface extends CreateCommand<NewValues<Aggregated>, number> {}
export class ChangeAggregatedInterface extends ChangeCommand<ChangedValues<Aggregated>> {}
/** Deletes logical interfaces of either kind. */
export class DeleteLogicalInterface extends DeleteCommand {}

/** What only aggregated interfaces have. */
const ALONE = { primary: null, secondaries: [], parameters: {} } as const;

/** The rules of an interface, and its place among those of its structure. */
export async function putLogicalInterface(work: UnitOfWork, id: number, value: LogicalInterface): Promise<void> {
  const { name, network, structure, primary, secondaries } = value;
  checkPattern(work, 'name', name, 'invalid');
  await networkFor(work, 'network', network);
  if (await structureFor(work, 'structure', structure)) await checkMembers(work, id, value);
  const data = { id, name, primary, secondaries };
  await work.decide(structureInterfaces, structure, { type: 'PutLogicalInterface', data });
}

async function define(work: UnitOfWork, id: number, value: LogicalInterface): Promise<number> {
  await putLogicalInterface(work, id, value);
  await work.decide(logicalInterface, id, { type: 'DefineLogicalInterface', data: value });
  return id;
}

/** Ids of the interfaces that one is made of, each once. */
const each = (ids: readonly number[]): readonly number[] => [...new Set(ids)];

async function change(work: UnitOfWork, id: number, values: ChangedValues<Aggregated>): Promise<void> {
  const found = await work.load(logicalInterface, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Logical network interface does not exist');
    return;
  }
  const before = found.value;
  const after: LogicalInterface = {
    ...before,
    name: values.name ?? before.name,
    network: values.network ?? before.network,
    structure: values.structure ?? before.structure,
    primary: values.primary_interface ?? before.primary,
    secondaries: values.secondary_interfaces ? each(values.secondary_interfaces) : before.secondaries,
    parameters: values.paramaters === undefined ? before.parameters : (values.paramaters ?? {}),
  };
  if (after.structure !== before.structure) {
    await checkStays(work, 'structure', before.structure, id);
    await work.decide(structureInterfaces, before.structure, { type: 'DropLogicalInterface', data: { id } });
  } else if (after.network !== before.network) {
    await checkNetworkChange(work, before.structure, id, after.network);
  }
  await putLogicalInterface(work, id, after);
  await work.decide(logicalInterface, id, { type: 'ChangeLogicalInterface', data: after });
}

export const logicalInterfaceHandlers = [
  createHandler(CreateAbstractInterface, async (work, { name, network, structure }, _, ids) => {
    const id = await ids.next('networkInterface');
    return define(work, id, { kind: 'Abstract', structure, name, network, ...ALONE });
  }),
  createHandler(CreateAggregatedInterface, async (work, values, _, ids) => {
    const { name, network, structure, primary_interface: primary, secondary_interfaces: secondaries } = values;
    return define(work, await ids.next('networkInterface'), {
      kind: 'Aggregated',
      structure,
      name,
      network,
      primary,
      secondaries: each(secondaries),
      parameters: values.paramaters ?? {},
    });
  }),
  changeHandler(ChangeAbstractInterface, (work, key, values) => change(work, Number(key), values)),
  changeHandler(ChangeAggregatedInterface, (work, key, values) => change(work, Number(key), values)),
  deleteUnreferencedHandler(DeleteLogicalInterface, 'Utilities/NetworkInterface', (work, id) =>
    removeLogicalInterface(work, Number(id)),
  ),
];
