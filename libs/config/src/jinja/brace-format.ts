import { TemplateFault } from './fault.ts';
import { formatNumber } from './number-format.ts';
import { represented, shown } from './text.ts';
import type { Arguments, Run, Value } from './values.ts';
import { isFraction, isList, isMap, kindOf, numberOf, Tuple } from './values.ts';

const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/g;
const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGosxX%n])?$/;

/** `"{} of {name:>5}".format(…)`: text with values put in. @throws TemplateFault */
export function braceFormat(run: Run, template: string, args: Arguments): string {
  let next = 0;
  const result = template.replace(FIELD, (field: string, path?: string, conversion?: string, spec = '') => {
    if (field === '{{' || field === '}}') return field.slice(1);
    if (path === undefined) {
      throw new TemplateFault('ValueError', `Single '${field}' encountered in format string`);
    }
    const value = follow(path === '' || /^[.[]/.test(path) ? `${next++}${path}` : path, args);
    const text = conversion === undefined ? undefined : conversion === 's' ? shown(value) : represented(value);
    return formatted(run, text ?? value, spec);
  });
  return run.budget.text(result);
}

function follow(path: string, { positional, named }: Arguments): Value {
  const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? [];
  let value = /^\d+$/.test(first) ? positional[Number(first)] : named.get(first);
  if (value === undefined) {
    throw /^\d+$/.test(first)
      ? new TemplateFault('IndexError', `Replacement index ${first} out of range for positional args tuple`)
      : new TemplateFault('KeyError', `'${first}'`);
  }
  // Attributes of values lead out of the sandbox; items are what there is to see.
  for (const [step, , key = ''] of rest.matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
    const inner: Value | undefined = step.startsWith('.') ? undefined : itemOf(value, key);
    if (inner === undefined) throw new TemplateFault('AttributeError', `'${kindOf(value)}' object has no ${step}`);
    value = inner;
  }
  return value;
}

function itemOf(value: Value, key: string): Value | undefined {
  if (isMap(value)) return value.get(key);
  const items = value instanceof Tuple ? value.items : value;
  return isList(items) ? items[Number(key)] : undefined;
}

function formatted(run: Run, value: Value, spec: string): string {
  if (spec === '') return shown(value, run.budget);
  const [, fill = ' ', align, sign = '', , zero, width = '0', group, precision, form] =
    SPEC.exec(spec) ?? invalid(spec);
  run.budget.room(Number(width) + Number(precision ?? 0));
  const number = numberOf(value);
  if (number === undefined || form === 's') {
    const text = shown(value, run.budget).slice(0, precision === undefined ? undefined : Number(precision));
    return aligned(text, Number(width), align ?? '<', fill);
  }
  const body = digits(Math.abs(number), value, form, precision === undefined ? undefined : Number(precision));
  const grouped =
    group === undefined ? body : body.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, group));
  const lead = number < 0 ? '-' : sign === '-' ? '' : sign;
  if (align === '=' || (zero !== undefined && align === undefined)) {
    return lead + grouped.padStart(Number(width) - lead.length, zero ?? fill);
  }
  return aligned(lead + grouped, Number(width), align ?? '>', fill);
}

function digits(number: number, value: Value, form: string | undefined, precision: number | undefined): string {
  if (form === 'd' || form === 'n' || (form === undefined && !isFraction(value) && precision === undefined)) {
    return String(Math.trunc(number));
  }
  if (form === 'c') return String.fromCodePoint(number);
  if (form === undefined)
    return precision === undefined ? shown(value).replace('-', '') : formatNumber(number, 'g', precision);
  return formatNumber(number, form, precision);
}

function aligned(text: string, width: number, align: string, fill: string): string {
  if (align === '<') return text.padEnd(width, fill);
  if (align === '>') return text.padStart(width, fill);
  const room = Math.max(0, width - text.length);
  return fill.repeat(Math.floor(room / 2)) + text + fill.repeat(Math.ceil(room / 2));
}

function invalid(spec: string): never {
  throw new TemplateFault('ValueError', `Invalid format specifier '${spec}'`);
}
