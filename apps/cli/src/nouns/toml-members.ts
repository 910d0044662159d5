import type { TomlNode } from '#blueprint/toml';
import { readToml } from '#blueprint/toml';

/**
 * The top-level keys of a TOML file with their values as JSON text, in the order they were written in; whole floats keep
 * their point.
 * @throws Error with the place, where it is no TOML
 */
export function tomlMembers(file: string, text: string): readonly (readonly [key: string, json: string])[] {
  const { root, faults } = readToml(text);
  if (faults.length > 0) {
    throw new Error(faults.map(({ line, key, text: why }) => `${file}:${line}: ${key && `${key}: `}${why}`).join('\n'));
  }
  return [...root].map(([key, node]) => [key, jsonOf(node)]);
}

function jsonOf({ value }: TomlNode): string {
  if (value instanceof Map) {
    return `{${[...value].map(([key, node]) => `${JSON.stringify(key)}:${jsonOf(node)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly TomlNode[]).map(jsonOf).join(',')}]`;
  if (value instanceof Number) return `${BigInt(value.valueOf())}.0`;
  return JSON.stringify(value);
}
