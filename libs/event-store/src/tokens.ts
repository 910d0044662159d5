/** Injection token of the `Clock` of the server. */
export const CLOCK = Symbol('Clock');

/** Injection token of the `EventStore` of the server. */
export const EVENT_STORE = Symbol('EventStore');

/** Injection token of the `PreconditionCheck` of the server. */
export const PRECONDITION_CHECK = Symbol('PreconditionCheck');
