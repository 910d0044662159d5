import type { TomlNode } from '#blueprint/toml';
import type { JsonTree } from './json-tree.ts';

/**
 * The top-level keys of a TOML file with their values, in the order they were written in; whole floats keep their point.
 * @throws Error with the place, where it is no TOML
 */
export async function tomlMembers(
  file: string,
  text: string,
): Promise<readonly (readonly [key: string, value: JsonTree])[]> {
  const { readToml } = await import('#blueprint/toml');
  const { root, faults } = readToml(text);
  if (faults.length > 0) {
    throw new Error(faults.map(({ line, key, text: why }) => `${file}:${line}: ${key && `${key}: `}${why}`).join('\n'));
  }
  return [...root].map(([key, node]) => [key, treeOf(node)]);
}

function treeOf({ value }: TomlNode): JsonTree {
  if (value instanceof Map) return new Map([...value].map(([key, node]) => [key, treeOf(node)]));
  return textOf({ value });
}

function textOf({ value }: Pick<TomlNode, 'value'>): string {
  if (value instanceof Map) {
    return `{${[...value].map(([key, node]) => `${JSON.stringify(key)}:${textOf(node)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly TomlNode[]).map(textOf).join(',')}]`;
  if (typeof value === 'object') return `${BigInt(Number(value))}.0`;
  return JSON.stringify(value);
}
