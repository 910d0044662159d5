import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
} from '#api';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { complexPorts } from './complex-ports.ts';
import type { dockerPortFields } from './docker-port.api.ts';
import type { DockerPort } from './docker-port.ts';
import { dockerPort } from './docker-port.ts';
import { changePort, checkPort, putWithComplex, removePort, usePort } from './place-port.ts';

type Fields = typeof dockerPortFields;

export class CreateDockerPort extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeDockerPort extends ChangeCommand<ChangedValues<Fields>> {}
export class DeleteDockerPort extends DeleteCommand {}

const createDockerPort = createHandler(CreateDockerPort, async (work, values, _, ids) => {
  const id = await ids.next('dockerPort');
  const value: DockerPort = {
    complex: values.complex,
    port: values.port,
    addressOffset: values.address_offset,
    foundation: values.foundation,
    foundationIndex: values.foundation_index ?? 0,
  };
  await checkPort(work, value);
  await putWithComplex(work, id, value);
  await work.decide(dockerPort, id, { type: 'DefineDockerPort', data: value });
  return id;
});

const changeDockerPort = changeHandler(ChangeDockerPort, async (work, key, values) => {
  const id = Number(key);
  const found = await work.load(dockerPort, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Docker port does not exist');
    return;
  }
  const before = found.value;
  const after: DockerPort = {
    complex: values.complex ?? before.complex,
    port: values.port ?? before.port,
    addressOffset: values.address_offset ?? before.addressOffset,
    foundation: values.foundation === undefined ? before.foundation : values.foundation,
    foundationIndex: values.foundation_index ?? before.foundationIndex,
  };
  await checkPort(work, after);
  await changePort(work, id, before, after);
});

const deleteDockerPort = deleteUnreferencedHandler(DeleteDockerPort, 'Docker/DockerPort', (work, id) =>
  removePort(work, Number(id)),
);

/** Frees the ports of a complex that lead to a foundation which is no more. */
export class FreeDockerPorts extends NamedCommand {
  constructor(
    readonly complex: string,
    readonly foundation: string,
  ) {
    super();
  }
}

@CommandHandler(FreeDockerPorts)
class FreeDockerPortsHandler extends UnitOfWorkHandler<FreeDockerPorts> {
  async decide(work: UnitOfWork, { complex, foundation }: FreeDockerPorts) {
    for (const [id, use] of await work.load(complexPorts, complex)) {
      if (use.foundation === foundation) await usePort(work, id, { foundation: null, foundationIndex: 0 });
    }
  }
}

/** Deletes some of the ports of a complex that is no more. */
export class RemoveDockerPorts extends NamedCommand {
  constructor(readonly ports: readonly number[]) {
    super();
  }
}

@CommandHandler(RemoveDockerPorts)
class RemoveDockerPortsHandler extends UnitOfWorkHandler<RemoveDockerPorts> {
  async decide(work: UnitOfWork, { ports }: RemoveDockerPorts) {
    for (const id of ports) await removePort(work, id);
  }
}

export const dockerPortHandlers = [
  createDockerPort,
  changeDockerPort,
  deleteDockerPort,
  FreeDockerPortsHandler,
  RemoveDockerPortsHandler,
];
