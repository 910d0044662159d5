import type { Tools } from './command.ts';

/** Progress is shown at most so often, in milliseconds. */
const EVERY_MS = 500;

/** Shows how far something has come, on a line that is ended with the task. */
export async function shownProgress<R>(
  { progress, signal }: Tools,
  task: (run: { readonly onProgress: (text: string) => void; readonly signal?: AbortSignal }) => Promise<R>,
): Promise<R> {
  let last = 0;
  const onProgress = (line: string): void => {
    if (performance.now() - last < EVERY_MS) return;
    last = performance.now();
    progress.show(line);
  };
  try {
    return await task(signal ? { onProgress, signal } : { onProgress });
  } finally {
    progress.end();
  }
}

/** A value as JSON has it: numbers beyond those of JSON are texts. */
export const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one)) ?? 'null');
