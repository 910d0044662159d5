export { foundationTarget } from './foundation-target.ts';
export { BuildingModule } from './building.module.ts';
export { foundation } from './foundation.ts';
export type { Foundation, TakenBy } from './foundation.ts';
export { foundations, stateOf } from './foundations.ts';
export type { FoundationRow } from './foundations.ts';
