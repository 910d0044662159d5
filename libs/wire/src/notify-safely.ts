/**
 * Tells NATS something about a delivery. On a connection that is closed for good nobody hears it: then the delivery
 * comes again, and is known by its cookie.
 */
export function notifySafely(say: () => void): void {
  try {
    say();
  } catch {
    // nobody there
  }
}
