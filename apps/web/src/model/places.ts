import { familyOf } from './models.ts';

/** Where the lists and objects of models have pages of their own; those of others are below `/o`. */
const PLACES: Readonly<Record<string, { readonly list?: string; readonly object: string }>> = {
  'Site/Site': { list: '/sites', object: '/site' },
  'Survey/Plot': { list: '/plots', object: '/plot' },
  'Utilities/Network': { list: '/networks', object: '/network' },
  'BluePrint/FoundationBluePrint': { list: '/blueprints', object: '/blueprint/f' },
  'BluePrint/StructureBluePrint': { list: '/blueprints', object: '/blueprint/s' },
  'BluePrint/PXE': { list: '/pxes', object: '/pxe' },
  'Building/Foundation': { list: '/foundations', object: '/foundation' },
  'Building/Dependency': { list: '/dependencies', object: '/dependency' },
  'Building/Structure': { list: '/structures', object: '/structure' },
  'Building/Complex': { list: '/complexes', object: '/complex' },
  'Utilities/AddressBlock': { list: '/addressblocks', object: '/addressblock' },
  'Foreman/FoundationJob': { list: '/jobs', object: '/job/f' },
  'Foreman/StructureJob': { list: '/jobs', object: '/job/s' },
  'Foreman/DependencyJob': { list: '/jobs', object: '/job/d' },
  'Foreman/JobLog': { list: '/joblog', object: '/o/Foreman/JobLog' },
  'Survey/Cartographer': { list: '/cartographer', object: '/o/Survey/Cartographer' },
};

const placeOf = (model: string) => PLACES[model] ?? PLACES[familyOf(model)];

/** Where the list of a model is. */
export const listPath = (model: string): string => PLACES[model]?.list ?? `/o/${model}`;

/** Where an object is. */
export const objectPath = (model: string, id: string | number): string =>
  `${placeOf(model)?.object ?? `/o/${model}`}/${encodeURIComponent(String(id))}`;

/** The models whose objects have a page of their own, with where. */
export const objectPlaces: readonly (readonly [model: string, path: string])[] = Object.entries(PLACES).map(
  ([model, { object }]) => [model, object],
);
