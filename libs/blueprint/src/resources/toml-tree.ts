import type { AST } from 'toml-eslint-parser';
import { ParseError, parseTOML } from 'toml-eslint-parser';
import { floatOf } from '#kernel';
import type { IntegralFloat } from '#kernel';
import { quoteBareKeys } from './quote-bare-keys.ts';
import { syntaxFault } from './syntax-fault.ts';
import { writeKey } from './write-toml.ts';

/** How many tables and lists may lie in one another. */
const MAX_DEPTH = 100;

/** Something that can be said of a place in a file. */
export interface Remark {
  readonly line: number;
  /** The key it is about, with those above it: `structure.web.parents`; empty: none. */
  readonly key: string;
  readonly text: string;
}

export type TomlScalar = string | number | boolean | IntegralFloat;

/** A value of a TOML file and the line it begins on, counted from 1. */
export interface TomlNode {
  readonly line: number;
  /** Of a text: the line its first line stands on. */
  readonly textLine?: number;
  readonly value: TomlScalar | TomlTable | readonly TomlNode[];
}

/** A table of a TOML file; its keys are in the order they were written in, also those that look like numbers. */
export type TomlTable = Map<string, TomlNode>;

export interface TomlTree {
  readonly root: TomlTable;
  /** Why the file cannot be used. */
  readonly faults: readonly Remark[];
  /** What was read although it is not quite TOML. */
  readonly warnings: readonly Remark[];
}

/** Reads a TOML file; lines end as they do on Unix, and whole floats stay floats. */
export function readToml(given: string): TomlTree {
  const plain = given.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const { text, warnings } = quoteBareKeys(plain);
  try {
    const reading = new Reading(text);
    return { root: reading.tree(parseTOML(text).body[0]), faults: reading.faults, warnings };
  } catch (error) {
    if (error instanceof ParseError) return { root: new Map(), faults: [syntaxFault(text, error)], warnings };
    if (!(error instanceof RangeError)) throw error;
    return { root: new Map(), faults: [{ line: 1, key: '', text: 'values are nested too deeply' }], warnings };
  }
}

/** The keys of a path as they are written in a file. */
export const pathText = (path: readonly (string | number)[]): string =>
  path.map((key) => (typeof key === 'number' ? String(key) : writeKey(key))).join('.');

class Reading {
  readonly faults: Remark[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  tree({ body }: AST.TOMLTopLevelTable): TomlTable {
    const root: TomlTable = new Map();
    for (const part of body) {
      if (part.type === 'TOMLKeyValue') this.#put(root, part, []);
      else this.#table(root, part);
    }
    return root;
  }

  #table(root: TomlTable, { kind, key, loc, body }: AST.TOMLTable): void {
    const line = loc.start.line;
    const path = namesOf(key);
    const last = path.at(-1) ?? '';
    const above = descend(root, path.slice(0, -1), line);
    let table: TomlTable;
    if (kind === 'array') {
      table = new Map();
      const items = above.get(last)?.value;
      // The parser has seen to it that what stands there is a list of such tables.
      if (Array.isArray(items)) (items as TomlNode[]).push({ line, value: table });
      else above.set(last, { line, value: [{ line, value: table }] });
    } else {
      table = descend(above, [last], line);
      above.set(last, { line, value: table });
    }
    for (const pair of body) this.#put(table, pair, path);
  }

  #put(table: TomlTable, { key, value }: AST.TOMLKeyValue, above: readonly (string | number)[]): void {
    const names = namesOf(key);
    const line = key.loc.start.line;
    const last = names.at(-1) ?? '';
    const found = this.#value(value, [...above, ...names]);
    const textLine = typeof found === 'string' ? { textLine: this.#textLine(value) } : {};
    descend(table, names.slice(0, -1), line).set(last, { line, ...textLine, value: found });
  }

  /** The line break right behind opening quotes is no part of the text. */
  #textLine({ loc, range }: AST.TOMLContentNode): number {
    const opening = this.#text.slice(range[0], range[0] + 4);
    return loc.start.line + (/^('{3}|"{3})\n/.test(opening) ? 1 : 0);
  }

  #value(node: AST.TOMLContentNode, path: readonly (string | number)[]): TomlNode['value'] {
    if (path.length > MAX_DEPTH) {
      this.faults.push({
        line: node.loc.start.line,
        key: '',
        text: `more than ${MAX_DEPTH} tables or lists in one another`,
      });
      return '';
    }
    if (node.type === 'TOMLInlineTable') {
      const table: TomlTable = new Map();
      for (const pair of node.body) this.#put(table, pair, path);
      return table;
    }
    if (node.type === 'TOMLArray') {
      return node.elements.map((item, n) => ({ line: item.loc.start.line, value: this.#value(item, [...path, n]) }));
    }
    const fault = (text: string): string => {
      this.faults.push({ line: node.loc.start.line, key: pathText(path), text });
      return '';
    };
    switch (node.kind) {
      case 'string':
      case 'boolean':
        return node.value;
      case 'integer':
        return Number.isSafeInteger(node.value)
          ? node.value + 0
          : fault(`the integer ${node.number} is beyond 2^53 and cannot be kept exactly; write it as a text`);
      case 'float':
        return Number.isFinite(node.value)
          ? floatOf(node.value)
          : fault(`${node.number} is no number that can be kept`);
      default:
        return fault('a date or time has to be written as a text, in quotes');
    }
  }
}

const namesOf = ({ keys }: AST.TOMLKey): string[] =>
  keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));

/** The table at a path, made where there is none; of a list of tables it is the last one. */
function descend(table: TomlTable, path: readonly string[], line: number): TomlTable {
  let at = table;
  for (const name of path) {
    const found = at.get(name)?.value;
    const inner = Array.isArray(found) ? (found as readonly TomlNode[]).at(-1)?.value : found;
    if (inner instanceof Map) {
      at = inner;
    } else {
      const made: TomlTable = new Map();
      at.set(name, { line, value: made });
      at = made;
    }
  }
  return at;
}
