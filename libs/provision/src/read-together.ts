/** How many streams are read at the same time. */
const READ_TOGETHER = 500;

/** Reads streams into a unit of work many at a time, so that what is then decided on them waits for nothing. */
export async function readTogether(reads: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (let at = 0; at < reads.length; at += READ_TOGETHER) {
    await Promise.all(reads.slice(at, at + READ_TOGETHER).map(async (read) => read()));
  }
}
