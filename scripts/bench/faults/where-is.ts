import type { Callers } from './callers.ts';

/** Where the job of a foundation stands, in words. */
export async function whereIs(callers: Callers, locator: string): Promise<string> {
  const uri = `/api/v1/Building/Foundation:${locator}:`;
  try {
    const job = await callers.at(callers.any(), (client) => client.call<string | null>(`${uri}(getJob)`));
    if (!job) return JSON.stringify(await callers.at(callers.any(), (client) => client.get(uri)));
    const { state, message, status } = await callers.at(callers.any(), (client) => client.get(job));
    return `${job} ${String(state)} "${String(message)}" ${String(status)}`;
  } catch (error) {
    return String(error);
  }
}
