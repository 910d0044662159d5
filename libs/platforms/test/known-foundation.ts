import type { Json } from '#kernel';
import type { KnownFoundation } from '#platform';

/** A foundation on which a structure stands with this configuration. */
export const knownFoundation = (config: Readonly<Record<string, Json>>): KnownFoundation => ({
  locator: 'node01',
  own: {},
  structureValue: (name) => config[name],
});
