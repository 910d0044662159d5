import createClient from 'openapi-fetch';
import type { paths } from '../generated/api.ts';
import { problemIn } from './problem.ts';
import { API, notePosition, ownHeaders } from './request.ts';

/** The API with the types of its description: `client.GET('/Site/Site/{id}', { params: { path: { id } } })`; errors are thrown as problems. */
export const client = createClient<paths>({ baseUrl: API });

client.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(ownHeaders(request.method))) request.headers.set(name, value);
    return request;
  },
  async onResponse({ request, response }) {
    if (!response.ok && response.status !== 304) throw await problemIn(response);
    notePosition(request.method, response.headers);
    return undefined;
  },
});
