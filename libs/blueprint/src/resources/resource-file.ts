import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, objectOf } from '#kernel';
import type { Remark, TomlNode, TomlTable, TomlTree } from './toml-tree.ts';
import { pathText, readToml } from './toml-tree.ts';
import { NULL_KEY } from './write-toml.ts';

/** At most so many characters are read at once, in all files together. */
export const MAX_CHARACTERS = 2_000_000;
/** At most so many things (scripts, blueprints, PXEs, links) are read at once, in all files together. */
export const MAX_OBJECTS = 10_000;

/** A remark and the file it is about. */
export interface Placed extends Remark {
  readonly file: string;
}

/** `base.toml:12: structure.web.parents: there is no …`. */
export const placedText = ({ file, line, key, text }: Placed): string =>
  [`${file}:${line}`, ...(key === '' ? [] : [key]), text].join(': ');

/** What all things in a file have: what they are called, and where in the file they and their keys stand. */
interface Definition {
  readonly file: string;
  readonly name: string;
  /** Line by key (`parents`, `config_values.ports.0`); `''` is the thing itself. */
  readonly lines: ReadonlyMap<string, number>;
}

export interface ScriptDefinition extends Definition {
  readonly kind: 'script';
  readonly description: string;
  readonly text: string;
}

export interface PxeDefinition extends Definition {
  readonly kind: 'pxe';
  readonly bootScript: string;
  readonly template: string;
}

interface BluePrintCommon extends Definition {
  /** Undefined: it stays as it is; so do the other values that may be left out. */
  readonly description: string | undefined;
  readonly configValues: JsonMap | undefined;
  /** What is declared of configurations: name of a value → its rules. */
  readonly configSchema: JsonMap | undefined;
  readonly parents: readonly string[];
  /** Slot → script. */
  readonly scripts: ReadonlyMap<string, string>;
}

export interface FoundationDefinition extends BluePrintCommon {
  readonly kind: 'foundation';
  readonly foundationTypes: readonly string[];
  readonly validationTemplate: JsonMap | undefined;
  readonly physicalInterfaceNames: readonly string[];
}

export interface StructureDefinition extends BluePrintCommon {
  readonly kind: 'structure';
  readonly foundationBluePrints: readonly string[];
}

export type BluePrintDefinition = FoundationDefinition | StructureDefinition;
export type ResourceDefinition = ScriptDefinition | BluePrintDefinition | PxeDefinition;

/** A structure blueprint may be put on a foundation blueprint. */
export interface LinkDefinition {
  readonly file: string;
  readonly line: number;
  readonly structure: string;
  readonly foundation: string;
}

/** What a resource file says. */
export interface ResourceFile {
  readonly file: string;
  readonly definitions: readonly ResourceDefinition[];
  readonly links: readonly LinkDefinition[];
  readonly faults: readonly Placed[];
  readonly warnings: readonly Placed[];
}

/** The keys of each kind of thing. */
const KEYS = {
  script: ['description', 'script'],
  foundation: [
    'description',
    'parents',
    'config_values',
    'config_schema',
    'scripts',
    'foundation_types',
    'template',
    'physical_interface_names',
  ],
  structure: ['description', 'parents', 'config_values', 'config_schema', 'scripts', 'foundation_blueprints'],
  pxe: ['description', 'boot_script', 'template'],
} as const;
type Kind = keyof typeof KEYS;
const isKind = (key: string): key is Kind => Object.hasOwn(KEYS, key);

/** Reads a resource file. */
export const readResourceFile = (file: string, text: string): ResourceFile => readResourceTree(file, readToml(text));

/**
 * Reads the resources of a file whose TOML has been read.
 * @param others entries that somebody else reads
 */
export function readResourceTree(file: string, tree: TomlTree, others: readonly string[] = []): ResourceFile {
  const reading = new Reading(file);
  const definitions: ResourceDefinition[] = [];
  const links: LinkDefinition[] = [];
  for (const [key, node] of tree.root) {
    if (key === 'sflinks') links.push(...reading.links(node));
    else if (isKind(key)) definitions.push(...reading.definitions(key, node));
    else if (!others.includes(key))
      reading.warn(node.line, [key], 'is no entry of a resource file, and was not looked at');
  }
  const placed = (remarks: readonly Remark[]) => remarks.map((remark) => ({ file, ...remark }));
  return {
    file,
    definitions,
    links,
    faults: [...placed(tree.faults), ...reading.faults],
    warnings: [...placed(tree.warnings), ...reading.warnings],
  };
}

type Path = readonly (string | number)[];

/** Takes the tables of one file apart, and notes what is wrong with them. */
class Reading {
  readonly faults: Placed[] = [];
  readonly warnings: Placed[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  warn(line: number, path: Path, text: string): void {
    this.warnings.push({ file: this.#file, line, key: pathText(path), text });
  }

  #fault(line: number, path: Path, text: string): void {
    this.faults.push({ file: this.#file, line, key: pathText(path), text });
  }

  links({ line, value }: TomlNode): LinkDefinition[] {
    const wrong = (at: number, path: Path) => {
      this.#fault(at, path, 'must be a list of pairs: [structure blueprint, foundation blueprint]');
      return [];
    };
    if (!isList(value)) return wrong(line, ['sflinks']);
    return value.flatMap((pair, n) => {
      const [structure, foundation, ...more] = isList(pair.value) ? pair.value.map((item) => item.value) : [];
      if (typeof structure !== 'string' || typeof foundation !== 'string' || more.length > 0) {
        return wrong(pair.line, ['sflinks', n]);
      }
      return [{ file: this.#file, line: pair.line, structure, foundation }];
    });
  }

  *definitions(kind: Kind, { line, value }: TomlNode): Generator<ResourceDefinition> {
    if (!isTable(value)) {
      this.#fault(line, [kind], `must be tables: [${kind}.NAME]`);
      return;
    }
    for (const [name, node] of value) {
      if (isTable(node.value)) yield this.#definition(kind, name, node.line, node.value);
      else this.#fault(node.line, [kind, name], 'must be a table');
    }
  }

  #definition(kind: Kind, name: string, line: number, table: TomlTable): ResourceDefinition {
    const lines = new Map([['', line]]);
    for (const [key, node] of table) {
      noteLines(lines, key, node);
      if (!(KEYS[kind] as readonly string[]).includes(key)) {
        this.warn(node.line, [kind, name, key], `is no key of a ${kind}, and was not looked at`);
      }
    }
    const file = this.#file;
    const of = (key: string): Given => ({ node: table.get(key), path: [kind, name, key] });
    if (kind === 'script') {
      return {
        kind,
        file,
        name,
        lines,
        description: this.#text(of('description')) ?? '',
        text: this.#text(of('script')) ?? '',
      };
    }
    if (kind === 'pxe') {
      const bootScript = this.#text(of('boot_script')) ?? '';
      return { kind, file, name, lines, bootScript, template: this.#text(of('template')) ?? '' };
    }
    const common = {
      file,
      name,
      lines,
      description: this.#text(of('description')),
      configValues: this.#map(of('config_values'), true),
      configSchema: this.#map(of('config_schema')),
      parents: this.#texts(of('parents')),
      scripts: this.#slots(of('scripts')),
    };
    return kind === 'structure'
      ? { kind, ...common, foundationBluePrints: this.#texts(of('foundation_blueprints')) }
      : {
          kind,
          ...common,
          foundationTypes: this.#texts(of('foundation_types')),
          validationTemplate: this.#map(of('template')),
          physicalInterfaceNames: this.#texts(of('physical_interface_names')),
        };
  }

  #text({ node, path }: Given): string | undefined {
    if (node === undefined || typeof node.value === 'string') return node?.value as string | undefined;
    this.#fault(node.line, path, 'must be a text');
    return undefined;
  }

  #texts({ node, path }: Given): string[] {
    if (node === undefined) return [];
    const items = isList(node.value) ? node.value : [node];
    if (!isList(node.value)) this.#fault(node.line, path, 'must be a list of texts');
    return items.flatMap(({ line, value }, n) => {
      if (typeof value === 'string') return [value];
      if (isList(node.value)) this.#fault(line, [...path, n], 'must be a text');
      return [];
    });
  }

  #slots({ node, path }: Given): ReadonlyMap<string, string> {
    if (node === undefined) return new Map();
    if (!isTable(node.value)) this.#fault(node.line, path, 'must be a table: slot = script');
    return new Map(
      [...(isTable(node.value) ? node.value : [])].flatMap(([slot, { line, value }]) => {
        if (typeof value === 'string') return [[slot, value] as const];
        this.#fault(line, [...path, slot], 'must be the name of a script');
        return [];
      }),
    );
  }

  /** @param ordered whether the order of the keys of this table is kept, whatever they look like */
  #map({ node, path }: Given, ordered = false): JsonMap | undefined {
    if (node === undefined) return undefined;
    if (isTable(node.value)) return this.#json(node, path, ordered) as JsonMap;
    this.#fault(node.line, path, 'must be a table');
    return undefined;
  }

  #json({ line, value }: TomlNode, path: Path, ordered = false): Json {
    if (isList(value)) return value.map((item, n) => this.#json(item, [...path, n]));
    if (!isTable(value)) return value;
    if (value.size === 1 && value.get(NULL_KEY)?.value === true) return null;
    const pairs = [...value].map(([key, inner]) => [key, this.#json(inner, [...path, key])] as const);
    const keys = [...value.keys()];
    const sorted = Object.keys(Object.fromEntries(pairs));
    const moved = sorted.find((key, n) => key !== keys[n]);
    if (moved !== undefined && !ordered) {
      const text = 'keys that are whole numbers have to stand first, in ascending order: no other order is kept here';
      this.#fault(value.get(moved)?.line ?? line, [...path, moved], text);
    }
    return objectOf(pairs);
  }
}

/** A value that a thing may have, and its path for messages. */
interface Given {
  readonly node: TomlNode | undefined;
  readonly path: Path;
}

const isTable = (value: TomlNode['value']): value is TomlTable => value instanceof Map;
const isList = (value: TomlNode['value']): value is readonly TomlNode[] =>
  Array.isArray(value) && !IntegralFloat.is(value);

/** Under which key it is noted on which line the first line of a text stands. */
export const textOf = (path: string): string => `${path} text`;

/** Notes the lines of a value and of all that is in it. */
export function noteLines(lines: Map<string, number>, path: string, { line, textLine, value }: TomlNode): void {
  lines.set(path, line);
  if (textLine !== undefined) lines.set(textOf(path), textLine);
  if (isTable(value)) for (const [key, inner] of value) noteLines(lines, `${path}.${key}`, inner);
  else if (isList(value)) for (const [n, inner] of value.entries()) noteLines(lines, `${path}.${n}`, inner);
}
