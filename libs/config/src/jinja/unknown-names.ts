import { TemplateFault } from './fault.ts';
import { quoted } from './text.ts';
import type { Expression, Statement, Statements } from './tree.ts';

/** What names in a template stand for. */
export interface Known {
  readonly filter: Readonly<Record<string, unknown>>;
  readonly test: Readonly<Record<string, unknown>>;
}

/** Tests that are asked about names of filters and tests. */
const ASKING = new Set(['filter', 'test']);

/** Filters whose argument at this place names another filter or a test. */
const NAMING: Readonly<Record<string, readonly [what: keyof Known, place: number]>> = {
  map: ['filter', 0],
  select: ['test', 0],
  reject: ['test', 0],
  selectattr: ['test', 1],
  rejectattr: ['test', 1],
};

/** The first use of a filter or test there is not, anywhere in a template, whether it is reached or not. */
export function unknownName(statements: Statements, known: Known): TemplateFault | undefined {
  const faults = nodesIn(statements).flatMap((node) => [...namesIn(node)].filter(isUnknown).map(faultOf));
  return faults.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))[0];

  function isUnknown({ what, name }: Use): boolean {
    return !Object.hasOwn(known[what], name) && !(what === 'test' && ASKING.has(name));
  }
}

interface Use {
  readonly what: keyof Known;
  readonly name: string;
  readonly line: number;
}

const faultOf = ({ what, name, line }: Use): TemplateFault =>
  new TemplateFault('TemplateAssertionError', `No ${what} named ${quoted(name)}.`, line);

function* namesIn(node: Expression | Statement): Generator<Use> {
  if (node.kind === 'test') yield { what: 'test', name: node.name, line: node.line };
  // The statement of this kind holds an expression of this kind.
  if (node.kind !== 'filter' || !('name' in node)) return;
  const { name, line, args } = node;
  yield { what: 'filter', name, line };
  const [what, place] = (Object.hasOwn(NAMING, name) ? NAMING[name] : undefined) ?? [];
  const named = place === undefined ? undefined : args.positional[place];
  if (what && named?.kind === 'constant' && typeof named.value === 'string') yield { what, name: named.value, line };
}

/** Everything a template is made of, in no order. */
function nodesIn(statements: Statements): (Expression | Statement)[] {
  const nodes: (Expression | Statement)[] = [];
  const waiting: unknown[] = [...statements];
  for (let next = waiting.pop(); next !== undefined || waiting.length > 0; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if ('kind' in next) {
      if (next.kind === 'constant') continue;
      nodes.push(next as Expression | Statement);
    }
    waiting.push(...(Object.values(next) as unknown[]));
  }
  return nodes;
}
