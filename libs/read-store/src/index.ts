export { Ids } from './ids.ts';
export { Projector } from './projector.ts';
export { change, gone, recorded, rule } from './read-model.ts';
export type { Key, ReadModel, Recorded, Rule } from './read-model.ts';
export { openReadStore } from './read-store.ts';
export type { ReadStore } from './read-store.ts';
export type { Listed, ListOptions, View } from './view.ts';
