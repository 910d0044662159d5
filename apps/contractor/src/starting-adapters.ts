import { notStarted } from '#cinp';
import type { ProtocolAdapter } from '#http';
import { plainProblem } from '#http';

/** What is answered in the place of the API while the modules of the server are still starting. */
export const startingAdapters: readonly ProtocolAdapter[] = [
  { name: 'starting', paths: /^\/+api\/(?!rest\/)/, handle: notStarted },
  {
    name: 'starting',
    paths: /^/,
    handle: async () =>
      plainProblem(503, 'The server is starting; /health tells how far it has come.', { 'Retry-After': '1' }),
  },
];
