import type { RouteObject } from 'react-router';
import { ObjectPage } from '../object/object-page.tsx';
import { objectPlaces } from '../model/places.ts';
import { AnyObjectPage } from './any-object-page.tsx';
import { BluePrintsPage } from './blueprints-page.tsx';
import { AnyListPage, ListPage } from './list-page.tsx';

/** The lists of the navigation: path, title, model, and whether they show the selected site alone. */
const LISTS: readonly (readonly [path: string, title: string, model: string, scoped?: true])[] = [
  ['/sites', 'Sites', 'Site/Site'],
  ['/plots', 'Plots', 'Survey/Plot'],
  ['/networks', 'Networks', 'Utilities/Network', true],
  ['/pxes', 'PXEs', 'BluePrint/PXE'],
  ['/foundations', 'Foundations', 'Building/Foundation', true],
  ['/dependencies', 'Dependencies', 'Building/Dependency', true],
  ['/dependancies', 'Dependencies', 'Building/Dependency', true],
  ['/structures', 'Structures', 'Building/Structure', true],
  ['/complexes', 'Complexes', 'Building/Complex', true],
  ['/addressblocks', 'Address Blocks', 'Utilities/AddressBlock', true],
  ['/cartographer', 'Cartographer', 'Survey/Cartographer'],
];

/** The lists and objects of all models. */
export const nounRoutes: RouteObject[] = [
  ...LISTS.map(([path, title, model, scoped]) => ({
    path,
    element: <ListPage key={path} title={title} path={model} {...(scoped ? { scoped } : {})} />,
  })),
  { path: '/blueprints', element: <BluePrintsPage /> },
  ...objectPlaces
    .filter(([, path]) => !path.startsWith('/o/'))
    .map(([model, path]) => ({ path: `${path}/:id`, element: <ObjectPage key={model} path={model} /> })),
  { path: '/o/:namespace/:noun', element: <AnyListPage /> },
  { path: '/o/:namespace/:noun/:id', element: <AnyObjectPage /> },
];
