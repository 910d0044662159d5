import { Secret } from '#kernel';
import type { Credentials, TaskContext } from '#platform';

/** What a task of a spec gets besides its parameters; credentials are taken as they are given, none are in a vault. */
export function taskContext({
  task = '7-1',
  signal = new AbortController().signal,
}: { readonly task?: string | undefined; readonly signal?: AbortSignal } = {}): TaskContext {
  const credentials = async (value: Parameters<TaskContext['credentials']>[0]): Promise<Credentials | null> =>
    typeof value === 'object' && value !== null && !(value instanceof Secret)
      ? Object.fromEntries(
          Object.entries(value).map(([name, one]) => [name, one instanceof Secret ? one : new Secret(one)]),
        )
      : null;
  return { task, job: Number.parseInt(task, 10), signal, credentials, debug: () => undefined };
}
