import { expect, it } from '@jest/globals';
import { placesOf } from './layout.ts';

it('has what an edge comes from stand left of what it leads to, and no two nodes in the same place', () => {
  const size = { width: 200, height: 60 };
  const places = placesOf(
    {
      nodes: [{ id: 'f-1' }, { id: 's-1' }, { id: 's-2' }, { id: 'c-1' }],
      edges: [
        { from: 'f-1', to: 's-1' },
        { from: 'f-1', to: 's-2' },
        { from: 's-1', to: 'c-1' },
      ],
    },
    () => size,
  );
  const at = (id: string) => places.get(id)!;
  expect(at('f-1').x + size.width).toBeLessThan(at('s-1').x);
  expect(at('s-1').x + size.width).toBeLessThan(at('c-1').x);
  expect(Math.abs(at('s-1').y - at('s-2').y)).toBeGreaterThanOrEqual(size.height);
});
