import { PermissionViolationError } from '@nats-io/transport-node';

/** Whether NATS does not allow what was tried. */
export const isDenied = (cause: unknown): boolean =>
  cause instanceof PermissionViolationError ||
  (cause instanceof Error && cause.cause instanceof PermissionViolationError);

/** What an operator does about that. */
export const NOT_ALLOWED = 'Give the NATS server the configuration of "contractor nats config"';
