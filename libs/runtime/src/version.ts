import { readFileSync } from 'node:fs';

/** The version of the product, from its package.json: `0.1.0`. */
export function productVersion(): string {
  for (let at = new URL('.', import.meta.url); ; at = new URL('..', at)) {
    const { version } = packageIn(at) ?? {};
    if (version !== undefined) return version;
    if (at.pathname === '/') return 'unknown';
  }
}

function packageIn(directory: URL): { readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(new URL('package.json', directory), 'utf8')) as { version?: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
