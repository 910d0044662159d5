export { foundationBluePrintFor } from './blueprint.api.ts';
export { blueprintRoom } from './blueprint.module.ts';
export type { FoundationBluePrint } from './blueprint.ts';
export { findScript } from './find-script.ts';
export type { FoundScript } from './find-script.ts';
