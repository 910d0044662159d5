import type { ProtocolAdapter } from '#http';

/** What is answered in the place of the API while the modules of the server are still starting. */
export const startingAdapter: ProtocolAdapter = {
  name: 'starting',
  paths: /^/,
  handle: async () => ({
    status: 503,
    headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '1' },
    text: JSON.stringify({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'The server is starting; /health tells how far it has come.',
      message: 'The server is starting.',
    }),
  }),
};
