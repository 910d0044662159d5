import type { UndoRule } from '#event-sourcing';
import { undoNoun, undoRegister } from '#event-sourcing';
import type { UnitOfWork } from '#kernel';
import { structure } from '../structure/structure.ts';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { logicalInterface } from './logical-interface.ts';
import { putLogicalInterface } from './logical-interface.commands.ts';
import { logicalInterfaces } from './logical-interfaces.ts';
import { putRealInterface } from './define-real-interface.ts';
import { structureOn } from './members.ts';
import { realInterface } from './real-interface.ts';
import { realInterfaces } from './real-interfaces.ts';
import { membersOf, structureInterfaces } from './structure-interfaces.ts';

const idOf = ({ id }: { readonly id: number }): readonly string[] => [String(id)];

/** What the interfaces of a structure are made of is there: its own ones, and those of the foundation it is on. */
export async function checkMade(work: UnitOfWork, of: number | undefined): Promise<void> {
  if (of === undefined) return;
  const own = await work.load(structureInterfaces, of);
  if (own.size === 0) return;
  const on = await work.load(structure, of);
  const below = 'value' in on ? await work.load(foundationInterfaces, on.value.foundation) : new Map<number, unknown>();
  for (const { id, name, ...made } of own.values()) {
    const missing = membersOf(made).find((member) => !own.has(member) && !below.has(member));
    if (missing === undefined) continue;
    work.fault('', 'IN_USE', `AggregatedNetworkInterface ${id} (${name}) is made of interface ${missing}`);
  }
}

/** How what a request did to network interfaces is undone. */
export const interfaceUndos: readonly UndoRule[] = [
  undoNoun(realInterface, {
    model: 'Utilities/RealNetworkInterface',
    rows: realInterfaces,
    check: (work, id, value) => putRealInterface(work, Number(id), value),
  }),
  {
    ...undoRegister(foundationInterfaces, {
      events: { InterfacePut: idOf, InterfaceDropped: idOf },
      undo: async (work, { id, before, parts }) => {
        for (const one of parts) {
          await work.decide(foundationInterfaces, id, { type: 'DropInterface', data: { id: Number(one) } });
        }
        for (const one of parts) {
          const was = before.get(Number(one));
          if (was) await work.decide(foundationInterfaces, id, { type: 'PutInterface', data: was });
        }
      },
    }),
    check: async (work, id) => checkMade(work, await structureOn(work, id)),
  },
  undoNoun(logicalInterface, {
    model: 'Utilities/AbstractNetworkInterface',
    kind: ({ kind }) => `Utilities/${kind}NetworkInterface`,
    rows: logicalInterfaces,
    check: (work, id, value) => putLogicalInterface(work, Number(id), value),
  }),
  {
    ...undoRegister(structureInterfaces, {
      events: { LogicalInterfacePut: idOf, LogicalInterfaceDropped: idOf },
      undo: async (work, { id, before, parts }) => {
        for (const one of parts) {
          await work.decide(structureInterfaces, id, { type: 'DropLogicalInterface', data: { id: Number(one) } });
        }
        for (const one of parts) {
          const was = before.get(Number(one));
          if (was) await work.decide(structureInterfaces, id, { type: 'PutLogicalInterface', data: was });
        }
      },
    }),
    check: (work, id) => checkMade(work, Number(id)),
  },
];
