export { DockerPortsModule } from './docker-ports.module.ts';
export { CreateDockerPort } from './docker-port.commands.ts';
