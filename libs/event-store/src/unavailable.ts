/** What PostgreSQL says when it is not to be had: connection, resources, shut-down, input and output, a standby, a deadlock. */
const SQL_STATES = /^(08...|53...|57P0[0-9]|58...|25006|40001|40P01)$/;
/** What the operating system and the network say. */
const ERRNO =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOSPC|EMFILE)$/;
/** What the driver says, without a code. */
const TEXTS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Query read timeout)/;
/** What it says where an answer is late: to a connection that is made, or to a query. */
const LATE = /^(timeout expired|timeout exceeded when trying to connect|Query read timeout)/;
/** What the client of KurrentDB says. */
const KURRENT = /^(unavailable|deadline-exceeded|not-leader|retryable)$/;

/**
 * Whether an error says that a database or the network is not to be had for now, so that the same will go well later; as
 * opposed to an error that is in what was asked.
 */
export function isUnavailable(error: unknown): boolean {
  // By its looks, not by its class: what Node throws may come from another realm.
  if (typeof error !== 'object' || error === null) return false;
  const { code, type, syscall, message, errors, cause } = error as ErrorLike;
  if (typeof code === 'string' && (SQL_STATES.test(code) || ERRNO.test(code))) return true;
  // A socket in the file system goes with the server that made it.
  if (code === 'ENOENT' && syscall === 'connect') return true;
  if (typeof type === 'string' && KURRENT.test(type)) return true;
  if (typeof message === 'string' && TEXTS.test(message)) return true;
  return (Array.isArray(errors) && errors.some(isUnavailable)) || isUnavailable(cause);
}

/** Whether an error says that a database has not answered in time: whoever asks it again waits as long once more. */
export function isUnanswered(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as ErrorLike;
  return code === 'ETIMEDOUT' || (typeof message === 'string' && LATE.test(message));
}

type ErrorLike = { readonly [name in 'code' | 'type' | 'syscall' | 'message' | 'errors' | 'cause']?: unknown };
