import type { UndoRule } from '#event-sourcing';
import { undoNoun, undoRegister } from '#event-sourcing';
import { complexPorts } from './complex-ports.ts';
import { dockerPort } from './docker-port.ts';
import { dockerPorts } from './docker-ports.ts';
import { checkPort } from './place-port.ts';

const portOf = ({ id }: { readonly id: number }): readonly string[] => [String(id)];

/** How what a request did to ports is undone. */
export const dockerPortUndos: readonly UndoRule[] = [
  undoNoun(dockerPort, {
    model: 'Docker/DockerPort',
    rows: dockerPorts,
    check: (work, _, value) => checkPort(work, value),
  }),
  undoRegister(complexPorts, {
    events: { ComplexPortPut: portOf, ComplexPortDropped: portOf },
    undo: async (work, { id: complex, before, parts }) => {
      for (const one of parts) {
        await work.decide(complexPorts, complex, { type: 'DropComplexPort', data: { id: Number(one) } });
      }
      for (const one of parts) {
        const was = before.get(Number(one));
        if (was)
          await work.decide(complexPorts, complex, { type: 'PutComplexPort', data: { id: Number(one), ...was } });
      }
    },
  }),
];
