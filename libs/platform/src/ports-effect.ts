/** A port of the host that leads to one of a container. */
export interface MappedPort {
  /** Of the `DockerPort`. */
  readonly id: number;
  /** Of the host. */
  readonly port: number;
  /** Of the container, as its configuration names it: `80/tcp`. */
  readonly container: string;
}

/** Which ports of the host a script has chosen for its container, or that it needs none any more; stored when the pass is over. */
export class PortsEffect {
  /** Null: it needs none any more. */
  readonly ports: readonly MappedPort[] | null;

  constructor(ports: readonly MappedPort[] | null) {
    this.ports = ports;
  }
}
