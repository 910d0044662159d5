import { expect, it } from '@jest/globals';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { segmentsOf } from './paths.ts';
import { methodsOf, placesAt } from './routes.ts';

const catalogue = exampleCatalogue();
const standing = (path: string): string[] =>
  placesAt(catalogue, segmentsOf(`/api/rest/${path}`) ?? []).map((place) =>
    [
      place.kind,
      'namespace' in place ? (place.namespace ?? '') : '',
      'model' in place ? place.model.path : '',
      'id' in place ? place.id : '',
      'name' in place ? place.name : '',
      methodsOf(place).join('+'),
    ]
      .filter((word) => word !== '')
      .join(' '),
  );

it.each([
  ['openapi.json', ['document GET']],
  ['Site/openapi.json', ['document Site GET']],
  ['None/openapi.json', []],
  ['problems/openapi.json', []],
  ['problems/conflict', ['problem conflict GET']],
  ['problems/toString', []],
  ['Site/Site', ['model Site/Site GET+POST']],
  ['Net/Network', ['model Net/Network GET+POST']],
  ['Net/Plan', ['model Net/Plan GET']],
  ['Auth/User', []],
  ['Auth/Hidden/login', []],
  ['Auth/User/login', ['static Auth/User login POST']],
  ['Site/Site/a%2Fb', ['object Site/Site a/b GET+PATCH+DELETE']],
  ['Net/Plan/7', ['object Net/Plan 7 GET']],
  ['Site/Site/count', ['object Site/Site count GET+PATCH+DELETE', 'static Site/Site count POST']],
  ['Site/Site/a/describe', ['action Site/Site a describe POST']],
  ['Site/Site/a/count', []],
  ['Site/Site/a/describe/x', []],
  ['Site/Site/', []],
  ['Site/Site//describe', []],
  ['Site/Site/a/history', ['history Site/Site a GET']],
  ['diff/Site/Site', ['list-diff Site/Site GET']],
  ['diff/Site/Site/a', ['object-diff Site/Site a GET']],
  ['diff/diff/Site/Site', []],
  ['diff/openapi.json', []],
  ['diff', []],
  ['Site', []],
  ['', []],
])('at %s stands %j', (path, places) => {
  expect(standing(path)).toEqual(places);
});
