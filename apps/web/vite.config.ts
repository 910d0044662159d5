import { defineConfig } from 'vite';

/** Where the server is that `npm run dev` serves the pages for. */
const SERVER = process.env['CONTRACTOR_URL_FOR_WEB'] ?? 'http://127.0.0.1:8080';

/** What is the server's own, and not a page. */
const OF_THE_SERVER = ['/api', '/config', '/health', '/metrics'];

export default defineConfig({
  root: import.meta.dirname,
  // The server puts a fresh nonce in its place in every page it hands out.
  html: { cspNonce: 'CSP_NONCE' },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    // Nothing is put into the page itself as `data:`, which the policy for fonts and styles forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The size that counts is the compressed one of the first page.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // The first page takes two files instead of one for each set of pages that have something in common: packages, which
          // stay the same from one version to the next, and what is the pages' own.
          groups: [
            { name: 'packages', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'pages', tags: ['$initial'] },
          ],
        },
      },
      // Packages mark what runs in browsers alone; here all of it does.
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
    },
  },
  server: { proxy: Object.fromEntries(OF_THE_SERVER.map((path) => [path, { target: SERVER }])) },
});
