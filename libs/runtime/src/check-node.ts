/** The oldest Node.js this runs on at all: major and minor version. */
export const OLDEST_NODE: readonly [number, number] = [20, 19];

/**
 * The versions of Node.js that are supported, as every dependency is: major, minor and patch of the first one of each line,
 * in the order of the lines. What is newer than the last line counts as it. The same is `engines` in package.json.
 */
export const SUPPORTED_NODE: readonly (readonly [number, number, number])[] = [
  [22, 22, 3],
  [24, 15, 0],
  [26, 0, 0],
];

/**
 * What is wrong with a version of Node.js, in one line; undefined where it will do. This file and the first one of each
 * program are read by the version they may refuse, so they keep to what old ones can read.
 */
export function nodeFault(version: string): string | undefined {
  const parts = version.split('.');
  const major = Number(parts[0]);
  const minor = Number(parts[1]);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return undefined;
  return 'contractor needs ' + supportedVersions() + '; this is ' + version;
}

/** What is to be said of a version on which it runs though it is not supported; undefined where it is supported. */
export function nodeNotice(version: string): string | undefined {
  const numbers = version.split('.').map((part) => Number.parseInt(part, 10));
  const [major = 0, minor = 0, patch = 0] = numbers;
  const last = SUPPORTED_NODE[SUPPORTED_NODE.length - 1];
  for (const [line, least, patches] of SUPPORTED_NODE) {
    if (major === line && (minor > least || (minor === least && patch >= patches))) return undefined;
  }
  if (last && major > last[0]) return undefined;
  return 'Node.js ' + version + ' is not supported, though it may do; use ' + supportedVersions();
}

/** `Node.js 22 (22.22.3 or newer), 24 (24.15.0 or newer) or 26` */
function supportedVersions(): string {
  const words = SUPPORTED_NODE.map((one) =>
    one[1] === 0 && one[2] === 0 ? String(one[0]) : String(one[0]) + ' (' + one.join('.') + ' or newer)',
  );
  return 'Node.js ' + words.slice(0, -1).join(', ') + ' or ' + words.slice(-1).join('');
}
