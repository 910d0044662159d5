export { BootModule } from './boot.module.ts';
export { bootSettings } from './boot.settings.ts';
export { MachineLogins } from './machine-logins.ts';
export { bootScript, echoed, failingScript, isIpxe } from './script/boot-script.ts';
export { BootTraces } from './trace/boot-traces.ts';
export type { GivenDocument } from './trace/boot-traces.ts';
