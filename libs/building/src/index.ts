export { foundationTarget } from './foundation-target.ts';
export { BuildingModule } from './building.module.ts';
export { foundation } from './foundation.ts';
export type { Foundation, TakenBy } from './foundation.ts';
export { foundations, stateOf } from './foundations.ts';
export type { FoundationRow } from './foundations.ts';
export { foundationLayers, structureLayers } from './building-layers.ts';
export type { BuildingLayers, FindType } from './building-layers.ts';
export { structures } from './structure/structures.ts';
