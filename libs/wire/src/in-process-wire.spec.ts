import { inProcessWire } from './in-process-wire.ts';
import { wireSuite } from '../test/wire.suite.ts';

wireSuite(
  'the wire in one process',
  async () => {
    const wire = inProcessWire({ beatEvery: 5, retryFirst: 1, retryMost: 2 });
    return {
      foreman: wire.foreman,
      async agent() {
        const agent = wire.join();
        return { wire: agent, drop: async () => agent.drop() };
      },
      close: () => wire.foreman.stop(),
    };
  },
  { everySite: true },
);
