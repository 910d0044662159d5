import { LRUCache } from 'lru-cache';
import type { Json } from '#kernel';
import type { Allowance } from './budget.ts';
import { Budget } from './budget.ts';
import { render } from './execute.ts';
import { TemplateFault } from './fault.ts';
import { choosingFilters } from './choosing-filters.ts';
import { listFilters } from './list-filters.ts';
import { numberFilters } from './number-filters.ts';
import { orderingFilters } from './ordering-filters.ts';
import { OutermostScope } from './outermost-scope.ts';
import { Scope } from './scope.ts';
import { readTemplate } from './statements.ts';
import { tests } from './tests.ts';
import { textFilters } from './text-filters.ts';
import { holdsSecret, isSecret, secretFault } from './secret-mark.ts';
import { quoted, shown } from './text.ts';
import type { Statements } from './tree.ts';
import { unknownName } from './unknown-names.ts';
import type { Arguments, Run, Value } from './values.ts';

const filters = { ...textFilters, ...listFilters, ...orderingFilters, ...choosingFilters, ...numberFilters };

function lookUp<T>(table: Readonly<Record<string, T>>, what: string, name: string, line: number | undefined): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  throw new TemplateFault('TemplateAssertionError', `No ${what} named ${quoted(name)}.`, line);
}

/** The filters whose result is as secret as what goes into them. */
const KEEP_SECRETS = new Set(['default', 'd', 'tojson', 'replace']);
/** The tests that say no more of a secret than that it is there. */
const TELL_NOTHING = new Set(['defined', 'undefined', 'none', 'string', 'boolean', 'number', 'mapping', 'sequence']);

/** Whether something is handed a secret: itself, as an argument, or (to what makes text of it) deeper in its value. */
const takesSecret = (name: string, value: Value, { positional, named }: Arguments): boolean =>
  (Object.hasOwn(textFilters, name) ? holdsSecret(value) : isSecret(value)) ||
  [...positional, ...named.values()].some(isSecret);

/** The names templates can see: configuration values over what every template can call. */
export type Names = OutermostScope;

/** Makes configuration values what templates can see. */
export const namesOf = (values: Iterable<readonly [string, Json]>, isSecretName?: (name: string) => boolean): Names =>
  new OutermostScope(values, isSecretName);

/** What is wrong with a text as a template, whatever it is rendered with: it cannot be read, or names what there is not. */
export function templateFault(template: string, allowance: Allowance): TemplateFault | undefined {
  const budget = new Budget(allowance);
  try {
    budget.room(template.length);
    return unknownName(readTemplate(template, budget), { filter: filters, test: tests });
  } catch (error) {
    if (error instanceof RangeError) return new TemplateFault('LimitError', 'nested too deeply');
    if (error instanceof TemplateFault) return error;
    throw error;
  }
}

/** How long the templates are together that are kept as they were read, in characters. */
const MAX_KEPT = 1024 * 1024;

/** A template that was read, and the steps that took. */
interface ReadOnce {
  readonly statements: Statements;
  readonly steps: number;
}

/** Templates that were read last: hosts have most of theirs in common. */
const read = new LRUCache<string, ReadOnce>({ maxSize: MAX_KEPT, sizeCalculation: (_, { length }) => length });

/** Reads a template, or takes it as it was read before, which costs the same steps. @throws TemplateFault */
function statementsOf(template: string, budget: Budget): Statements {
  const known = read.get(template);
  if (known) {
    budget.within(template.length);
    budget.spend(known.steps);
    return known.statements;
  }
  const before = budget.used;
  budget.room(template.length);
  const statements = readTemplate(template, budget);
  if (template.length > 0) read.set(template, { statements, steps: budget.used - before });
  return statements;
}

/**
 * Renders a template of Jinja, as its version 3.1 does with its settings untouched. It sees nothing but the names it is
 * given, and stays within its allowance.
 * @throws TemplateFault
 */
export function renderOnce(template: string, names: Names, allowance: Allowance): { text: string; steps: number } {
  const budget = new Budget(allowance);
  const run: Run = {
    budget,
    filter: (name, value, args, line) => {
      const filter = lookUp(filters, 'filter', name, line);
      if (!KEEP_SECRETS.has(name) && takesSecret(name, value, args)) throw secretFault(`put through ${quoted(name)}`);
      return filter(run, value, args);
    },
    test: (name, value, args, line) => {
      if (name === 'filter') return Object.hasOwn(filters, shown(value));
      if (name === 'test') return Object.hasOwn(tests, shown(value));
      const test = lookUp(tests, 'test', name, line);
      if (!TELL_NOTHING.has(name) && takesSecret(name, value, args)) throw secretFault(`tested by ${quoted(name)}`);
      return test(run, value, args);
    },
  };
  try {
    const text = render(statementsOf(template, budget), new Scope(names), run);
    return { text, steps: budget.used };
  } catch (error) {
    // What nests too deeply for the stack is the template's doing, not ours.
    if (error instanceof RangeError) throw new TemplateFault('LimitError', 'nested too deeply');
    throw error;
  }
}
