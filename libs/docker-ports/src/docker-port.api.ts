import { dateTime, defineModel, integer, reference } from '#api';
import { ChangeDockerPort, CreateDockerPort, DeleteDockerPort } from './docker-port.commands.ts';
import { dockerPorts } from './docker-ports.ts';

export const dockerPortFields = {
  complex: reference('Docker/DockerComplex', { required: true }),
  port: integer({ required: true }),
  address_offset: integer({ required: true }),
  foundation: reference('Docker/DockerFoundation'),
  foundation_index: integer({ default: 0 }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
};

/** Ports of the hosts of Docker complexes. */
export const dockerPortModel = defineModel({
  path: 'Docker/DockerPort',
  doc: 'A port of the host of a Docker complex, from 4096 to 65535, which a container can be reached at; free without a foundation.',
  idField: 'id',
  fields: dockerPortFields,
  rows: dockerPorts,
  sites: { index: 'complex', of: 'Docker/DockerComplex' },
  present: ({ addressOffset, foundationIndex, ...row }, id) => ({
    ...row,
    address_offset: addressOffset,
    foundation_index: foundationIndex,
    id,
  }),
  create: (values) => new CreateDockerPort(values),
  update: (id, values) => new ChangeDockerPort(id, values),
  deletion: { command: (ids) => new DeleteDockerPort(ids) },
});
