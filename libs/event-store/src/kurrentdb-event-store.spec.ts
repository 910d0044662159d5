import { startKurrentDbStandIn } from '#testing';
import { eventStoreSuite } from './event-store.suite.ts';
import { kurrentdbEventStore } from './kurrentdb-event-store.ts';

eventStoreSuite('the log on a stand-in for KurrentDB', async () => {
  const server = await startKurrentDbStandIn();
  const store = await kurrentdbEventStore(server.connectionString);
  return {
    store,
    stop: async () => {
      await store.close();
      await server.stop();
    },
  };
});
