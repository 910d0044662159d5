import type { Model } from '../model/types.ts';

/** The models whose objects depend on one another. */
export const GRAPHED = ['Building/Foundation', 'Building/Structure', 'Building/Dependency', 'Building/Complex'];
/** The models whose objects are connected to networks. */
export const NETWORKED = ['Building/Foundation', 'Building/Structure'];

/** The path among some by which an object of a model is known: that of the model, or of the one it specialises. */
export const pathAmong = ({ path, base }: Model, paths: readonly string[]): string | undefined =>
  paths.find((one) => one === path) ?? paths.find((one) => one === base);
