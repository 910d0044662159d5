import { complexFor, foundationFor } from '#building';
import type { UnitOfWork } from '#kernel';
import { complexPorts } from './complex-ports.ts';
import type { DockerPort } from './docker-port.ts';
import { dockerPort } from './docker-port.ts';

/** The type of complexes that have such ports. */
export const DOCKER = 'Docker';
const [MIN_PORT, MAX_PORT] = [4096, 65_535];
const MAX_OFFSET = 100;

/** The rules of a port, but for those that its complex has for it; what is wrong is noted. */
export async function checkPort(work: UnitOfWork, value: DockerPort): Promise<void> {
  const { complex: name, port, addressOffset, foundation: locator, foundationIndex } = value;
  if (port < MIN_PORT || port > MAX_PORT) {
    work.fault('port', 'RANGE', `must be from ${MIN_PORT} to ${MAX_PORT}, and is ${port}`);
  }
  if (addressOffset < 0 || addressOffset > MAX_OFFSET) {
    work.fault('address_offset', 'RANGE', `must be from 0 to ${MAX_OFFSET}, and is ${addressOffset}`);
  }
  if (foundationIndex < 0) work.fault('foundation_index', 'RANGE', `must be at least 0, and is ${foundationIndex}`);
  const found = await complexFor(work, 'complex', name);
  if (found && found.type !== DOCKER) {
    work.fault(
      'complex',
      'TYPE',
      `Complex "${name}" is of type "${found.type ?? 'Unknown'}", and has to be of "${DOCKER}"`,
    );
  }
  const on = await foundationFor(work, 'foundation', locator);
  if (on && on.complex !== name) {
    work.fault('foundation', 'COMPLEX', `the foundation "${locator}" is not carried by the complex "${name}"`);
  }
}

/** Notes a port with its complex, which has rules of its own for it. */
export const putWithComplex = (work: UnitOfWork, id: number, value: DockerPort): Promise<boolean> => {
  const { complex: name, port, foundation, foundationIndex: index } = value;
  return work.decide(complexPorts, name, { type: 'PutComplexPort', data: { id, port, foundation, index } });
};

/** Changes a port, and what its complex knows of it. */
export async function changePort(work: UnitOfWork, id: number, before: DockerPort, after: DockerPort): Promise<void> {
  if (after.complex !== before.complex) {
    await work.decide(complexPorts, before.complex, { type: 'DropComplexPort', data: { id } });
  }
  await putWithComplex(work, id, after);
  await work.decide(dockerPort, id, { type: 'ChangeDockerPort', data: after });
}

/** Has a port of a complex lead to a port of a foundation, or to nothing. */
export async function usePort(
  work: UnitOfWork,
  id: number,
  use: Pick<DockerPort, 'foundation' | 'foundationIndex'>,
): Promise<void> {
  const found = await work.load(dockerPort, id);
  if (!('value' in found)) {
    work.fault('', 'NOT_FOUND', `Docker port ${id} does not exist any more`);
    return;
  }
  await changePort(work, id, found.value, { ...found.value, ...use });
}

/** Deletes a port; its complex is without it. */
export async function removePort(work: UnitOfWork, id: number): Promise<void> {
  const found = await work.load(dockerPort, id);
  if (!('value' in found)) return;
  await work.decide(complexPorts, found.value.complex, { type: 'DropComplexPort', data: { id } });
  if (found.stage === 'active') await work.decide(dockerPort, id, { type: 'CloseDockerPort', data: {} });
  await work.decide(dockerPort, id, { type: 'DeleteDockerPort', data: {} });
}
