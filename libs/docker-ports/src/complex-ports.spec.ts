import { describe, it } from '@jest/globals';
import type { Message } from '#kernel';
import { given } from '#testing';
import type { ComplexPortsEvent } from './complex-ports.ts';
import { complexPorts, MAX_PORTS } from './complex-ports.ts';

const port = (id: number, foundation: string | null = null, index = 0) => ({ id, port: 5000 + id, foundation, index });
const put = (data: ReturnType<typeof port>) => ({ type: 'PutComplexPort', data }) as const;
const was = (data: ReturnType<typeof port>): ComplexPortsEvent & Message => ({ type: 'ComplexPortPut', data });

describe('the ports of a complex', () => {
  it('are noted, changed and dropped', () => {
    given(complexPorts)
      .when(put(port(1)))
      .yields(was(port(1)));
    given(complexPorts, was(port(1)))
      .when(put(port(1)))
      .yieldsNothing();
    given(complexPorts, was(port(1)))
      .when(put(port(1, 'web1')))
      .yields(was(port(1, 'web1')));
    given(complexPorts, was(port(1)))
      .when({ type: 'DropComplexPort', data: { id: 1 } })
      .yields({ type: 'ComplexPortDropped', data: { id: 1 } });
    given(complexPorts)
      .when({ type: 'DropComplexPort', data: { id: 1 } })
      .yieldsNothing();
  });

  it('lead to each port of a container once', () => {
    const taken = was(port(1, 'web1', 0));
    given(complexPorts, taken)
      .when(put(port(2, 'web1', 0)))
      .refuses('__all__', 'TAKEN');
    given(complexPorts, taken)
      .when(put(port(2, 'web1', 1)))
      .yields(was(port(2, 'web1', 1)));
    given(complexPorts, taken)
      .when(put(port(2, 'web2', 0)))
      .yields(was(port(2, 'web2', 0)));
    given(complexPorts, was(port(1)))
      .when(put(port(2)))
      .yields(was(port(2)));
  });

  it('are ten thousand at the most', () => {
    const all = Array.from({ length: MAX_PORTS }, (_, id) => was(port(id)));
    given(complexPorts, ...all)
      .when(put(port(MAX_PORTS)))
      .refuses('complex', 'TOO_MANY');
    given(complexPorts, ...all)
      .when(put(port(1, 'web1')))
      .yields(was(port(1, 'web1')));
  });
});
