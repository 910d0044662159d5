import { rm } from 'node:fs/promises';

/** Stops the server of `start-postgres.mjs`, if there is one, and removes its data. */
export default async function stop() {
  if (!globalThis.testPostgres) return;
  const { postgres, directory } = globalThis.testPostgres;
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
