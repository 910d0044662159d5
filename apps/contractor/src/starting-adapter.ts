import type { ProtocolAdapter } from '#http';
import { plainProblem } from '#http';

/** What is answered in the place of the API while the modules of the server are still starting. */
export const startingAdapter: ProtocolAdapter = {
  name: 'starting',
  paths: /^/,
  handle: async () =>
    plainProblem(503, 'The server is starting; /health tells how far it has come.', { 'Retry-After': '1' }),
};
