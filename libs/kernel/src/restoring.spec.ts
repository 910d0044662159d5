import { describe, it } from '@jest/globals';
import { given } from '#testing';
import { entity } from './entity.ts';

interface Rack {
  readonly units: number;
}

const rack = entity<Rack>()({ noun: 'Rack', category: 'rack', changes: { RackResized: 'units' } });
const defined = { type: 'RackDefined', data: { units: 42 } } as const;
const closed = { type: 'RackClosed', data: {} } as const;
const to = (value: Rack | null) => ({ value, shown: {} });

describe('what is put back', () => {
  it('is as it was, there again, or gone', () => {
    given(rack, defined)
      .when({ type: 'RestoreRack', data: to({ units: 40 }) })
      .yields({ type: 'RackRestored', data: to({ units: 40 }) });
    given(rack)
      .when({ type: 'RestoreRack', data: to({ units: 40 }) })
      .yields({ type: 'RackRestored', data: to({ units: 40 }) });
    given(rack, defined)
      .when({ type: 'RestoreRack', data: to(null) })
      .yields({ type: 'RackRestored', data: to(null) });
  });

  it('is told of only where it is otherwise', () => {
    given(rack, defined)
      .when({ type: 'RestoreRack', data: to({ units: 42 }) })
      .yieldsNothing();
    given(rack)
      .when({ type: 'RestoreRack', data: to(null) })
      .yieldsNothing();
  });

  it('may be used, changed and made again like others', () => {
    given(rack, { type: 'RackRestored', data: to({ units: 40 }) })
      .when({ type: 'ChangeRack', data: { units: 41 } })
      .yields({ type: 'RackResized', data: { units: 41 } });
    given(rack, defined, { type: 'RackRestored', data: to(null) })
      .when({ type: 'DefineRack', data: { units: 1 } })
      .yields({ type: 'RackDefined', data: { units: 1 } });
  });

  it('is not what somebody is deleting, but for what did not exist', () => {
    given(rack, defined, closed)
      .when({ type: 'RestoreRack', data: to({ units: 40 }) })
      .refuses('', 'BEING_DELETED');
    given(rack, defined, closed)
      .when({ type: 'RestoreRack', data: to(null) })
      .yields({ type: 'RackRestored', data: to(null) });
  });
});
