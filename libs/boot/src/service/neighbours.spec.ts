import { describe, expect, it } from '@jest/globals';
import { readNeighbours } from './neighbours.ts';

const TABLE = `IP address       HW type     Flags       HW address            Mask     Device
10.77.0.11       0x1         0x2         52:54:00:77:00:01     *        srv0
10.77.0.12       0x1         0x0         00:00:00:00:00:00     *        srv0
10.77.0.13       0x1         0x6         52:54:00:77:00:03     *        srv0
`;

describe('neighbours', () => {
  it('are those that have answered', () =>
    expect([...readNeighbours(TABLE)]).toEqual([
      ['10.77.0.11', '52:54:00:77:00:01'],
      ['10.77.0.13', '52:54:00:77:00:03'],
    ]));
  it('are none where there is no table', () => expect(readNeighbours('').size).toBe(0));
});
