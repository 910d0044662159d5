import type { JsonMap } from '#kernel';
import { parseStored, writeJson } from '#kernel';
import type { Task } from './wire.ts';
import type { SecretPath } from './wrap-secrets.ts';

/**
 * NATS writes what it holds to its disk, so no secret travels with a task: the agent that has taken it asks the foreman for
 * its secrets, and that answer is on no disk.
 */
export function withoutSecrets(task: Task): Task {
  if (!task.secrets) return task;
  return { ...task, parameters: filled(task.parameters, task.secrets, () => null) };
}

/** Whether the secrets of a task were kept back. */
export const lacksSecrets = ({ parameters, secrets = [] }: Task): boolean =>
  secrets.some((path) => valueAt(parameters, path) === null);

/** The task with its secrets, in the order of their places. */
export function withSecrets(task: Task, texts: readonly string[]): Task {
  return { ...task, parameters: filled(task.parameters, task.secrets ?? [], (n) => texts[n] ?? null) };
}

/** The texts of the secrets of a task, in the order of their places. */
export const secretsIn = (parameters: JsonMap, paths: readonly SecretPath[]): readonly string[] =>
  paths.map((path) => {
    const value = valueAt(parameters, path);
    return typeof value === 'string' ? value : '';
  });

function filled(parameters: JsonMap, paths: readonly SecretPath[], value: (n: number) => string | null): JsonMap {
  const copy = parseStored(writeJson(parameters)) as JsonMap;
  for (const [n, path] of paths.entries()) {
    const last = path.at(-1);
    const holder = valueAt(copy, path.slice(0, -1));
    if (last !== undefined && isHolder(holder) && last in holder) holder[last] = value(n);
  }
  return copy;
}

function valueAt(parameters: JsonMap, path: SecretPath): unknown {
  let inside: unknown = parameters;
  for (const key of path) inside = isHolder(inside) ? inside[key] : undefined;
  return inside;
}

const isHolder = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;
