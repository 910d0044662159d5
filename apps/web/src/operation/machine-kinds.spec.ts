import { expect, it } from '@jest/globals';
import { kindsFor } from './machine-kinds.ts';

const foundations = [
  { name: 'metal', foundation_type_list: ['Manual', 'Test'] },
  { name: 'virtual', foundation_type_list: ['VCenter', 'Test'] },
];

it.each([
  [{ foundation_blueprint_list: ['virtual'] }, ['Test', 'VCenter']],
  [{ foundation_blueprint_list: [] }, ['Manual', 'Test', 'VCenter']],
  [undefined, ['Manual', 'Test', 'VCenter']],
  [{ foundation_blueprint_list: ['none'] }, []],
])('what a machine of a blueprint can stand on (%#)', (blueprint, kinds) => {
  expect(kindsFor(blueprint, foundations)).toEqual(kinds);
});
