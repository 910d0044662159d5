export { malformedRequest } from './answer.ts';
export { cinpAdapter } from './cinp-adapter.ts';
export type { CinpAdapterOptions } from './cinp-adapter.ts';
export { CinpClient } from './client.ts';
export type { Created, Listing, Page } from './client.ts';
export { CinpError, InvalidRequest, InvalidSession, NotAuthorized, NotFound, ServerError } from './client-errors.ts';
export { CINP_HEADERS } from './cors.ts';
export { notStarted } from './not-started.ts';
export type { Version } from './version.ts';
