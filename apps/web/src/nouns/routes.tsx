import type { RouteObject } from 'react-router';
import type { RouteHandle } from '../app/ask-ahead.ts';
import { askForList } from '../list/use-whole-list.ts';
import { findModel } from '../model/models.ts';
import { objectPlaces } from '../model/places.ts';
import { ObjectPage } from '../object/object-page.tsx';
import { askForObject } from '../object/use-object.ts';
import { AnyObjectPage } from './any-object-page.tsx';
import { BluePrintsPage } from './blueprints-page.tsx';
import { AnyListPage, ListPage } from './list-page.tsx';
import { selectionAt } from './selection-at.ts';

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

/** Of a list: what is asked for is the very list that its page shows. */
const listHandle = (path: string, scoped = false): RouteHandle => ({
  askAhead: async (_, search) => {
    const model = findModel(path);
    const site = scoped ? (search.get('site') ?? undefined) : undefined;
    if (model?.can.list !== undefined) await askForList(path, selectionAt(model, site));
  },
});

const objectHandle = (path: string): RouteHandle => ({
  askAhead: async ({ id = '' }) => askForObject(path, id),
});

/** The lists and objects of all models. */
export const nounRoutes: RouteObject[] = [
  ...LISTS.map(([path, title, model, scoped]) => ({
    path,
    element: <ListPage key={path} title={title} path={model} {...(scoped ? { scoped } : {})} />,
    handle: listHandle(model, scoped),
  })),
  { path: '/blueprints', element: <BluePrintsPage /> },
  ...objectPlaces
    .filter(([, path]) => !path.startsWith('/o/'))
    .map(([model, path]) => ({
      path: `${path}/:id`,
      element: <ObjectPage key={model} path={model} />,
      handle: objectHandle(model),
    })),
  { path: '/o/:namespace/:noun', element: <AnyListPage /> },
  { path: '/o/:namespace/:noun/:id', element: <AnyObjectPage /> },
];
