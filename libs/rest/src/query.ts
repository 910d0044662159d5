import { parseJson } from '#kernel';
import { flawOf } from '#http';
import type { Catalogue, Listing, Model, Parameter, Parameters, Values, ValueType } from '#api';
import { keyKind } from '#api';
import type { Flaw } from './problem.ts';
import { malformed, Problem } from './problem.ts';
import { readArguments } from './read-value.ts';

/** How many objects a list shows unless asked for more, and how many it shows at most. */
export const PAGE = { usual: 50, most: 1000 } as const;

/** Names in a query that mean the same for every list; no filter has parameters of these names. */
export const RESERVED: readonly string[] = ['at', 'position', 'count', 'filter'];
/** Those that what is different of a list takes. */
export const OF_DIFFERENCES: readonly string[] = ['filter', 'from', 'to'];

/** Whether lists can be asked for by what is declared. @throws Error where a filter takes a name that is taken */
export function demandFreeNames({ models }: Catalogue): void {
  for (const { path, filters = {}, actions = {} } of models) {
    for (const { page, parameters } of Object.values(actions)) {
      if (page !== undefined && 'at' in parameters) throw new Error(`${path}: no page may have a parameter "at"`);
    }
    const taken = Object.values(filters).flatMap(({ parameters }) => Object.keys(parameters).filter(isReserved));
    if (taken.length > 0) throw new Error(`${path}: no filter may have a parameter "${taken.join('", "')}"`);
  }
}

const isReserved = (name: string): boolean => [...RESERVED, ...OF_DIFFERENCES].includes(name);

/** Ends a request whose query holds something nobody asked for, or twice what is asked for once. @throws Problem */
export function checkQuery(query: URLSearchParams, known: readonly string[], lists: readonly string[] = []): void {
  const flaws: Flaw[] = [...new Set(query.keys())].flatMap((field) => {
    if (!known.includes(field)) return [{ field, code: 'UNKNOWN', text: 'is not taken here' }];
    if (query.getAll(field).length > 1 && !lists.includes(field)) {
      return [{ field, code: 'TWICE', text: 'may be given once' }];
    }
    return [];
  });
  throwFor(flaws);
}

function throwFor(errors: readonly Flaw[]): void {
  if (errors.length > 0) throw new Problem('malformed', 'The query is not right.', { errors });
}

/** Which objects a list shows, as its query says. @throws Problem */
export function listingIn(
  query: URLSearchParams,
  model: Model,
  catalogue: Catalogue,
  known: readonly string[] = RESERVED,
): Listing {
  const name = query.get('filter');
  const use = name !== null && Object.hasOwn(model.filters ?? {}, name) ? model.filters?.[name] : undefined;
  if (name !== null && !use) throw malformed(`${model.path} has no filter "${name}".`, 'filter', 'UNKNOWN');
  const parameters = use?.parameters ?? {};
  const lists = Object.keys(parameters).filter((parameter) => parameters[parameter]?.list);
  checkQuery(query, [...known, ...Object.keys(parameters)], lists);
  const page = {
    skip: wholeNumber(query, 'position', 0, Number.MAX_SAFE_INTEGER),
    count: wholeNumber(query, 'count', PAGE.usual, PAGE.most),
  };
  if (!use) return page;
  return { ...page, filter: { use, parameters: argumentsFrom(query, parameters, catalogue) } };
}

/** The arguments of a page, as its query says; `also` are names that mean something else. @throws Problem */
export function pageArguments(
  query: URLSearchParams,
  parameters: Parameters,
  catalogue: Catalogue,
  also: readonly string[],
): Values {
  const names = Object.keys(parameters);
  const lists = names.filter((name) => parameters[name]?.list);
  checkQuery(query, [...names, ...also], lists);
  return argumentsFrom(query, parameters, catalogue);
}

function argumentsFrom(query: URLSearchParams, parameters: Parameters, catalogue: Catalogue): Values {
  const given = givenIn(query, parameters, catalogue);
  throwFor(
    Object.entries(given).flatMap(([field, value]) => {
      const flaw = flawOf(value);
      return flaw === undefined ? [] : [{ field, code: 'INVALID', text: `is ${flaw}` }];
    }),
  );
  const { values, faults } = readArguments(parameters, given, catalogue);
  throwFor(faults.map(({ field, code, text }) => ({ field, code, text })));
  return values;
}

export function wholeNumber(query: URLSearchParams, field: string, usual: number, most: number, least = 0): number {
  const text = query.get(field);
  if (text === null) return usual;
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most)) {
    throw malformed(`${field} must be a whole number from ${least} to ${most}.`, field);
  }
  return number;
}

const givenIn = (
  query: URLSearchParams,
  parameters: Readonly<Record<string, Parameter>>,
  catalogue: Catalogue,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => query.has(name))
      .map(([name, { type, list }]) => {
        const values = query.getAll(name).map((text) => fromText(type, text, catalogue));
        return [name, list ? values : values[0]];
      }),
  );

type Kind = ValueType['kind'];

const number = (text: string): unknown => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

/** What the text of a query stands for in JSON, by kind; where it stands for nothing, it stays text and is refused. */
const FROM_TEXT: { readonly [K in Kind]: (text: string) => unknown } = {
  String: (text) => text,
  Integer: number,
  Float: number,
  Boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  DateTime: withPlus,
  Map: (text) => {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  },
  Model: (text) => text,
};

/** Empty text is nothing, except where text is asked for. */
function fromText(type: ValueType, text: string, catalogue: Catalogue): unknown {
  if (text === '' && type.kind !== 'String') return null;
  if (type.kind === 'Model' && keyKind(catalogue, type.model) === 'integer') return number(text);
  return FROM_TEXT[type.kind](text);
}

/** A plus sign that was not encoded arrives as a blank; before the offset of a time it can only have been a plus. */
export function withPlus(text: string): string {
  return text.replace(/(?<=T[\d:.,]+) (?=\d{2}:?\d{2}$)/i, '+');
}
