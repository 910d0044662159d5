import { testDatabase } from '#testing';
import { eventStoreSuite } from './event-store.suite.ts';
import { postgresEventStore } from './postgres-event-store.ts';

eventStoreSuite('the log on PostgreSQL', async () => {
  const database = await testDatabase();
  const store = await postgresEventStore(database.pool);
  return {
    store,
    stop: async () => {
      await store.close();
      await database.drop();
    },
  };
});
