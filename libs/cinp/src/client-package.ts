/** What the package `contractor-cinp-client` holds (scripts/pack-client.mjs): the client alone, without the server. */
export { CinpClient } from './client.ts';
export type { Created, Listing, Page } from './client.ts';
export { CinpError, InvalidRequest, InvalidSession, NotAuthorized, NotFound, ServerError } from './client-errors.ts';
export type { Version } from './version.ts';
