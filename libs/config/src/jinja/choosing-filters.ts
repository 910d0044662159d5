import { TemplateFault } from './fault.ts';
import { allIfAny, follow } from './follow.ts';
import type { Method } from './methods.ts';
import { textOf } from './methods.ts';
import type { Arguments, Value } from './values.ts';
import { isTrue, made } from './values.ts';

/** `map("upper")`, `map(attribute="name")`. */
const mapped: Method = (run, self, { positional: [name, ...rest], named }) => {
  if (name === undefined && named.has('attribute')) {
    const otherwise = named.get('default') ?? null;
    return made(allIfAny(run, self).map((item) => follow(run, item, named.get('attribute') ?? null, otherwise)));
  }
  if (name === undefined) throw new TemplateFault('FilterArgumentError', 'map requires a filter argument');
  return made(allIfAny(run, self).map((item) => run.filter(textOf(name), item, { positional: rest, named })));
};

/** `select("odd")`, `rejectattr("name", "none")`: what passes a test, or what does not. */
const chosen =
  (keep: boolean, byAttribute: boolean): Method =>
  (run, self, { positional, named }) => {
    const [attribute = null, ...others] = byAttribute ? positional : [null, ...positional];
    if (byAttribute && positional.length === 0) {
      throw new TemplateFault('FilterArgumentError', 'Missing parameter for attribute name');
    }
    const [test, ...rest] = others;
    const args: Arguments = { positional: rest, named };
    const passes = (item: Value): boolean => (test === undefined ? isTrue(item) : run.test(textOf(test), item, args));
    return made(allIfAny(run, self).filter((item) => passes(follow(run, item, attribute)) === keep));
  };

/** The filters that take each piece of a list through a filter or a test. */
export const choosingFilters: Readonly<Record<string, Method>> = {
  map: mapped,
  select: chosen(true, false),
  reject: chosen(false, false),
  selectattr: chosen(true, true),
  rejectattr: chosen(false, true),
};
