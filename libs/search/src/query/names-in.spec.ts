import { expect, it } from '@jest/globals';
import { namesIn } from './names-in.ts';

it.each([
  [{}, []],
  [{ a: 1, 'b.c.0': { $gt: 2 }, _id: 'x' }, ['a', 'b', '_id']],
  [{ $or: [{ a: 1 }, { $nor: [{ 'b.c': { $not: { $in: ['d'] } } }] }] }, ['a', 'b']],
  [{ list: { $elemMatch: { inner: 1, $or: [{ other: 2 }] } } }, ['list']],
])('a query looks at the values of some names: %j', (query, names) => expect([...namesIn(query)]).toEqual(names));
