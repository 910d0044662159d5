import type { HttpHandler } from '#http';
import { onTheWire } from './answer.ts';
import { DEFAULT_VERSION, versionOf } from './version.ts';

/** Answers requests that come before the API is there, with an error that clients of all generations understand. */
export const notStarted: HttpHandler = async (request) =>
  onTheWire(
    {
      status: 500,
      headers: { 'Retry-After': '1' },
      body: { message: 'Not Ready: the server is starting; /health tells how far it has come' },
    },
    { 'Cinp-Version': versionOf(request.header('cinp-version')) ?? DEFAULT_VERSION },
  );
