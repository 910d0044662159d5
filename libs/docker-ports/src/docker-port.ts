import { entity } from '#kernel';

/** A port of the host of a Docker complex, which containers can be reached at. */
export interface DockerPort {
  complex: string;
  port: number;
  /** Which of the addresses of the host it is at, those that are not primary first. */
  addressOffset: number;
  /** The foundation it leads to; null: it is free. */
  foundation: string | null;
  /** Which of the ports of that foundation it leads to, from 0. */
  foundationIndex: number;
}

export const dockerPort = entity<DockerPort>()({
  noun: 'DockerPort',
  title: 'Docker port',
  category: 'dockerPort',
  idField: 'id',
  changes: {
    DockerPortMoved: ['complex', 'port', 'addressOffset'],
    DockerPortMapped: ['foundation', 'foundationIndex'],
  },
});
