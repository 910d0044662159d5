import type { HttpAnswer, ProtocolAdapter } from '#http';
import { plainProblem } from '#http';
import type { Health, Metrics } from '#runtime';

/** Path of a request, without its query. */
const pathOf = (target: string): string => target.replace(/[?#].*$/, '').replace(/\/+$/, '');

const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
  text: JSON.stringify(body),
});

/**
 * Pages for those who watch over the server: `/health` (how it is; 503 until it is ready), `/health/live` (the process
 * answers), `/health/ready` (200 or 503) and `/metrics` (in the form Prometheus reads). They answer from the moment the
 * server listens, also while its modules are still starting.
 */
export function statusPages(health: () => Promise<Health>, metrics: Metrics): ProtocolAdapter {
  const pages: Readonly<Record<string, () => Promise<HttpAnswer>>> = {
    '/health': async () => {
      const found = await health();
      return json(found.ready ? 200 : 503, found);
    },
    '/health/live': async () => json(200, { status: 'ok' }),
    '/health/ready': async () => {
      const { ready } = await health();
      return json(ready ? 200 : 503, { ready });
    },
    '/metrics': async () => ({
      status: 200,
      headers: { 'Content-Type': metrics.contentType },
      text: await metrics.text(),
    }),
  };
  return {
    name: 'status',
    paths: /^\/(?:health(?:\/live|\/ready)?|metrics)\/?(?:[?#]|$)/,
    handle: async ({ verb, target }) => {
      if (verb !== 'GET' && verb !== 'HEAD') {
        return plainProblem(405, 'This page is read with GET.', { Allow: 'GET, HEAD' });
      }
      return pages[pathOf(target)]!();
    },
  };
}
