import { rm } from 'node:fs/promises';

/** Stops the server of `start-postgres.mjs` and removes its data. */
export default async function stop() {
  const { postgres, directory } = globalThis.testPostgres;
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
