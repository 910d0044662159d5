/** The oldest Node.js the server runs on: major and minor version, as package.json says it. */
export const OLDEST_NODE: readonly [number, number] = [20, 19];

/**
 * What is wrong with a version of Node.js, in one line; undefined where it will do. This file and `main.ts` are read by
 * the version they may refuse, so they keep to what old ones can read.
 */
export function nodeFault(version: string): string | undefined {
  const parts = version.split('.');
  const major = Number(parts[0]);
  const minor = Number(parts[1]);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return undefined;
  return 'contractor needs Node.js ' + OLDEST_NODE.join('.') + ' or newer; this is ' + version;
}
