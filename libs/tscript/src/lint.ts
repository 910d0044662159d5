import { builtinParameters } from './builtins.ts';
import { parse } from './parse.ts';
import { type SourceFaultKind } from './source-fault.ts';
import { type SourceText, type Span, describeAt, excerptAt, sourceText } from './source-text.ts';
import type { Call, Reference, Tree } from './tree.ts';
import { walk } from './walk.ts';

/** The names a script may use: those of modules with what they have, and variables that are given to it. */
export interface Symbols {
  readonly modules?: Readonly<Record<string, ModuleSymbols>>;
  readonly variables?: readonly string[];
}

/** What a module has. A member is read only or write only when it says so. */
export interface ModuleSymbols {
  readonly members?: Readonly<Record<string, { readonly readable?: boolean; readonly writable?: boolean }>>;
  readonly functions?: Readonly<Record<string, { readonly parameters?: readonly string[] }>>;
  /** Its members are not all known, so none is missed. */
  readonly open?: boolean;
}

/** What the linter has to say. Lines and columns count from 1. */
export interface LintFault {
  readonly severity: 'error' | 'warning';
  readonly kind: SourceFaultKind | LintKind;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  /** The line of the source with a caret under the place. */
  readonly excerpt: string;
}

/** What can be wrong with a script that can be compiled. */
export type LintKind =
  | 'unknown-label'
  | 'unused-label'
  | 'unreachable'
  | 'unknown-function'
  | 'unknown-parameter'
  | 'unknown-module'
  | 'unknown-member'
  | 'unassigned';

interface Linting {
  readonly source: SourceText;
  readonly symbols: Symbols | undefined;
  readonly faults: LintFault[];
}

/** Everything that is or may be wrong with a source, in its order; names of the host only with a symbol table. */
export function lint(source: string, symbols?: Symbols): LintFault[] {
  const { tree, faults } = parse(source);
  const found = faults.map(({ kind, line, column, length, message, excerpt }): LintFault => {
    return { severity: 'error', kind, line, column, length, message, excerpt };
  });
  if (tree === undefined) return found;
  const linting: Linting = { source: sourceText(source), symbols, faults: found };
  checkLabels(linting, tree);
  checkReach(linting, tree);
  const written = checkVariables(linting, tree);
  walk(tree, (node) => {
    if (node.kind === 'call') checkCall(linting, node);
    if (node.kind === 'reference' && node.module !== null && !written.has(node)) {
      checkMember(linting, node.module, node, 'readable');
    }
  });
  return found.sort((one, other) => one.line - other.line || one.column - other.column);
}

/** How much the linter says at most. */
const mostFaults = 200;

function report(linting: Linting, severity: LintFault['severity'], kind: LintKind, at: Span, message: string): void {
  if (linting.faults.length >= mostFaults) return;
  const { line, column, offset } = at;
  const length = Math.min(at.length, describeAt(linting.source.text, offset).length || at.length);
  const excerpt = excerptAt(linting.source, offset, length);
  linting.faults.push({ severity, kind, line, column, length, message, excerpt });
}

function checkLabels(linting: Linting, tree: Tree): void {
  const targets = new Set<string>();
  const labels = tree.lines.flatMap(({ statement }) => (statement?.kind === 'label' ? [statement] : []));
  const names = new Set(labels.map(({ name }) => name));
  walk(tree, (node) => {
    if (node.kind !== 'goto') return;
    targets.add(node.label);
    if (!names.has(node.label)) report(linting, 'error', 'unknown-label', node.at, `there is no label "${node.label}"`);
  });
  for (const { name, at } of labels) {
    if (!targets.has(name)) report(linting, 'warning', 'unused-label', at, `no goto leads to label "${name}"`);
  }
}

const leaving: ReadonlySet<string> = new Set(['goto', 'break', 'continue']);

/** A statement after one that always leads elsewhere, in the same list of lines and without a label between. */
function checkReach(linting: Linting, tree: Tree): void {
  walk(tree, (node) => {
    if (node.kind !== 'script' && node.kind !== 'block') return;
    let left = false;
    for (const { statement } of node.lines) {
      if (statement === null) continue;
      if (statement.kind === 'label') left = false;
      if (left) return report(linting, 'warning', 'unreachable', statement.at, 'this statement is never reached');
      left = leaving.has(statement.kind === 'word' ? statement.word : statement.kind);
    }
  });
}

/** Checks what is read and what is assigned; gives the references that are assigned to or asked for. */
function checkVariables(linting: Linting, tree: Tree): ReadonlySet<Reference> {
  const assigned = new Set(linting.symbols?.variables);
  const asked = new Set<Reference>();
  const read: Reference[] = [];
  walk(tree, (node) => {
    if (node.kind === 'assignment' && node.target.kind === 'reference') {
      if (node.target.module === null) assigned.add(node.target.name);
      else checkMember(linting, node.target.module, node.target, 'writable');
      asked.add(node.target);
    }
    if (node.kind === 'exists') asked.add(node.target.kind === 'item' ? node.target.target : node.target);
    if (node.kind === 'reference' && node.module === null && !asked.has(node)) read.push(node);
  });
  for (const { name, at } of read) {
    if (!assigned.has(name)) report(linting, 'warning', 'unassigned', at, `variable "${name}" is never assigned`);
  }
  return asked;
}

function checkCall(linting: Linting, { module, name, parameters, at }: Call): void {
  const known = module === null ? builtinSymbols[name] : functionSymbols(linting, module, name, at);
  if (module === null && known === undefined) {
    report(linting, 'error', 'unknown-function', at, `there is no function "${name}"`);
  }
  if (known?.parameters === undefined) return;
  for (const parameter of parameters) {
    if (known.parameters.includes(parameter.name)) continue;
    const severity = name === 'delay' && module === null ? 'warning' : 'error';
    report(linting, severity, 'unknown-parameter', parameter.at, `"${name}" has no parameter "${parameter.name}"`);
  }
  const given = new Set(parameters.map((parameter) => parameter.name));
  const lacking = (module === null ? (builtinParameters[name]?.required ?? []) : []).find(
    (needed) => !given.has(needed),
  );
  if (lacking !== undefined) report(linting, 'error', 'unknown-parameter', at, `"${name}" needs "${lacking}"`);
}

const builtinSymbols: Readonly<Record<string, { readonly parameters?: readonly string[] } | undefined>> = Object.assign(
  Object.create(null),
  Object.fromEntries(
    Object.entries(builtinParameters).map(([name, { required, optional = [] }]) => [
      name,
      { parameters: [...required, ...optional] },
    ]),
  ),
);

function functionSymbols(
  linting: Linting,
  module: string,
  name: string,
  at: Span,
): { readonly parameters?: readonly string[] } | undefined {
  const known = moduleSymbols(linting, module, at);
  if (known === undefined) return undefined;
  const { functions = {} } = known;
  if (Object.hasOwn(functions, name)) return functions[name];
  if (known.open !== true)
    report(linting, 'error', 'unknown-function', at, `module "${module}" has no function "${name}"`);
  return undefined;
}

function moduleSymbols(linting: Linting, module: string, at: Span): ModuleSymbols | undefined {
  const modules = linting.symbols?.modules;
  if (modules === undefined) return undefined;
  if (Object.hasOwn(modules, module)) return modules[module];
  report(linting, 'error', 'unknown-module', at, `there is no module "${module}"`);
  return undefined;
}

function checkMember(linting: Linting, module: string, { name, at }: Reference, use: 'readable' | 'writable'): void {
  const known = moduleSymbols(linting, module, at);
  if (known === undefined) return;
  const { members = {} } = known;
  if (!Object.hasOwn(members, name)) {
    if (known.open !== true)
      report(linting, 'error', 'unknown-member', at, `module "${module}" has no value "${name}"`);
  } else if (members[name]?.[use] === false) {
    report(linting, 'error', 'unknown-member', at, `"${module}.${name}" is not ${use}`);
  }
}
