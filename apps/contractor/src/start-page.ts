import type { ProtocolAdapter } from '#http';
import { plainProblem } from '#http';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Contractor</title>
</head>
<body>
<h1>Contractor</h1>
<p>This server builds servers, virtual machines and containers from blueprints. Its web UI is not built:
<code>npm run build</code> builds it, and it is served at the next start. It can be used by its API:</p>
<ul>
<li><code>/api/rest/</code>: JSON over HTTP, described by <a href="/api/rest/openapi.json">/api/rest/openapi.json</a> (OpenAPI 3.1)</li>
<li><code>/api/v1/</code>: CInP, described by its verb DESCRIBE</li>
<li>the command <code>contractor</code>, which speaks to the API</li>
</ul>
<p>How the server is: <a href="/health">/health</a>. Metrics: <a href="/metrics">/metrics</a>.</p>
</body>
</html>
`;

/** Everything outside the API where the web UI is not built: a page at `/` that says so, and where to go; nothing else is there. */
export const startPage: ProtocolAdapter = {
  name: 'pages',
  paths: /^/,
  handle: async ({ verb, target }) => {
    const path = target.replace(/[?#].*$/s, '');
    if (path !== '/' && path !== '')
      return plainProblem(404, 'There is nothing at this path. The API is at /api/rest/ and /api/v1/.');
    if (verb !== 'GET' && verb !== 'HEAD') {
      return plainProblem(405, 'This page is read with GET.', { Allow: 'GET, HEAD' });
    }
    return {
      status: 200,
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'",
        'X-Content-Type-Options': 'nosniff',
      },
      text: PAGE,
    };
  },
};
