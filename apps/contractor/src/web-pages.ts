import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { plainProblem } from '#http';

/** Where the build puts the pages, seen from this file in the build, and from its source. */
const FOLDERS = ['../../../web/', '../../../dist/web/'].map((at) => fileURLToPath(new URL(at, import.meta.url)));

/** Files whose names change with their content. */
const ASSETS = `${path.sep}assets${path.sep}`;

/** Where files of the pages are, and what is the server's own: no pages. */
const NO_PAGES = /^\/(?:assets|api|config)(?:[/?]|$)/;

/** What stands in the built page where the nonce of an answer goes. */
const NONCE = /CSP_NONCE/g;

/** The folder with the built pages of the web UI; undefined: it is not built. */
export const webFolder = (): string | undefined =>
  FOLDERS.find((folder) => existsSync(path.join(folder, 'index.html')));

const nonces = new WeakMap<ServerResponse, string>();

/** The nonce of one answer, the same in its header and in its page. */
function nonceOf(response: ServerResponse): string {
  const known = nonces.get(response);
  if (known !== undefined) return known;
  const made = randomBytes(16).toString('base64url');
  nonces.set(response, made);
  return made;
}

const SELF = ["'self'"];
const NONE = ["'none'"];

/**
 * Has the framework serve the web UI: files as they were built (those with a hash in their name may be kept for ever), and
 * for every other path the page, which finds by itself what stands there. What is for a protocol never comes here.
 * @param folder that of the built pages
 */
export async function serveWebPages(app: NestFastifyApplication, folder: string): Promise<void> {
  const [{ default: helmet }, { default: fastifyStatic }] = await Promise.all([
    import('@fastify/helmet'),
    import('@fastify/static'),
  ]);
  const fastify = app.getHttpAdapter().getInstance();
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: SELF,
        scriptSrc: SELF,
        styleSrc: [...SELF, (_, response) => `'nonce-${nonceOf(response)}'`],
        imgSrc: [...SELF, 'data:'],
        frameAncestors: NONE,
        baseUri: NONE,
        formAction: SELF,
        objectSrc: NONE,
      },
    },
    xFrameOptions: { action: 'deny' },
    // It would count for every port of the host, and machines read their documents without TLS.
    strictTransportSecurity: false,
  });
  await fastify.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    globIgnore: ['index.html', '**/*.br', '**/*.gz'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, file) => {
      const forEver = file.includes(ASSETS);
      response.header('Cache-Control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  fastify.get('/*', (request, reply) => {
    if (NO_PAGES.test(request.url)) return problem(reply, 404, 'There is nothing at this path.');
    return reply
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page.replace(NONCE, nonceOf(reply.raw)));
  });
  fastify.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/*',
    onRequest: async (_, reply) => problem(reply, 405, 'Pages are read with GET.', { Allow: 'GET, HEAD' }),
    handler: () => undefined,
  });
}

/** As much of an answer of the framework as a problem takes. */
interface Reply<R> {
  code(status: number): R & { headers(values: Readonly<Record<string, string>>): R & { send(text?: string): R } };
}

function problem<R>(reply: Reply<R>, status: number, detail: string, more: Readonly<Record<string, string>> = {}) {
  const { headers, text } = plainProblem(status, detail, more);
  return reply.code(status).headers(headers).send(text);
}
