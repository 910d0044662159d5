export { BootFiles, IPXE_FOLDER } from './files/boot-files.ts';
export type { BootService, BootSource, BootStatus } from './service/boot-options.ts';
export { CannotListen, serveBoot } from './service/boot-service.ts';
