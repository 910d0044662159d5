/**
 * Begins a call whose errors need not tell where it was begun. The client of NATS makes two errors for every request, in
 * case it fails, and finding out where takes longer than the request.
 */
export function withoutStacks<T>(begin: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return begin();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
