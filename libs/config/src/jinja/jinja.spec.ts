import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonMap } from '#kernel';
import { TemplateFault } from './fault.ts';
import { namesOf, renderOnce } from './render-template.ts';

/** Processor time this process has had, in milliseconds: what else the machine does is of no matter to it. */
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Row {
  readonly template: string;
  readonly result?: string;
  readonly error?: string;
  readonly message?: string;
  readonly line?: number;
}

const { values, rows } = JSON.parse(
  readFileSync(new URL('../../../../test/cases/jinja.json', import.meta.url), 'utf8'),
) as { values: JsonMap; rows: Row[] };

const allowance = () => ({ steps: 200_000, length: 1024 * 1024, deadline: performance.now() + 10_000 });

function play(template: string, names: JsonMap = values): Omit<Row, 'template'> {
  try {
    return { result: renderOnce(template, namesOf(Object.entries(names)), allowance()).text };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const { kind, message, line } = error;
    return { error: kind, message, ...(line === undefined ? {} : { line }) };
  }
}

describe('a template', () => {
  it.each(rows.map((row) => [row.template, row] as const))(
    'does as Jinja does: %j',
    (template, { template: _, ...as }) => {
      const came = play(template);
      expect(as.line === undefined && 'line' in came ? { ...came, line: undefined } : came).toEqual(as);
    },
  );

  it('writes what is missing as empty text in JSON', () =>
    expect(play('{{ missing|tojson }} {{ [missing]|tojson }}')).toEqual({ result: '"" [""]' }));

  it('shows maps in the order they have', () =>
    expect(play('{{ m }}{% for key in m %} {{ key }}{% endfor %}', { m: { eth10: 1, eth2: 2 } })).toEqual({
      result: "{'eth10': 1, 'eth2': 2} eth10 eth2",
    }));

  it('changes what it has made, and nothing else', () => {
    expect(play('{% set l = [] %}{% set _ = l.append(1) %}{{ l }}')).toEqual({ result: '[1]' });
    expect(play('{{ nums.append(1) }}')).toMatchObject({ error: 'SecurityError' });
    expect(play('{{ d.update(x=2) }}')).toMatchObject({ error: 'SecurityError' });
  });

  it.each(['random', 'constructor', '__proto__'])('has no filter %s that would lead elsewhere', (name) =>
    expect(play(`{{ 1|${name} }}`).result).toBeUndefined(),
  );

  it.each([
    '{{ "".constructor }}{{ [].constructor }}{{ {}.__proto__ }}{{ range.constructor }}',
    '{{ namespace().constructor }}{{ cycler(1).thing }}{{ joiner().call }}{{ dict.call }}',
    '{{ ""["__class__"] }}{{ []["length"] }}{{ constructor }}{{ globalThis }}',
  ])('sees nothing of the machine it runs on: %s', (template) => expect(play(template)).toEqual({ result: '' }));

  it.each(['{{ "{0.constructor}".format("a") }}', '{{ "%(constructor)s" % {} }}', '{{ "{constructor}".format() }}'])(
    'sees nothing of it by formatting: %s',
    (template) => expect(play(template).result).toBeUndefined(),
  );
});

const grown = (begin: string, step: string, end = ''): string => begin + step.repeat(40) + end;

describe('a template stays within its bounds', () => {
  it.each([
    ['an endless loop', '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}'],
    ['a long range', '{% for i in range(100000000000) %}{% endfor %}'],
    ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'],
    ['a loop that goes into itself', '{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}'],
    ['long text', '{{ "a" * 3000000000 }}'],
    ['text that doubles', grown('{% set a = "x" * 1000 %}', '{% set a = a ~ a %}', '{{ a|length }}')],
    ['a long list', '{{ [0] * 3000000000 }}'],
    ['a list that doubles', grown('{% set a = [0] %}', '{% set a = a + a %}')],
    ['lists in lists, shown', grown('{% set a = [1] %}', '{% set a = [a, a] %}', '{{ a }}')],
    ['lists in lists, as JSON', grown('{% set a = [1] %}', '{% set a = [a, a] %}', '{{ a|tojson }}')],
    [
      'lists in lists, compared',
      grown('{% set a = [1] %}{% set b = [1] %}', '{% set a = [a, a] %}{% set b = [b, b] %}', '{{ a == b }}'),
    ],
    ['a list within itself', '{% set a = [] %}{% set _ = a.append(a) %}{{ a }}'],
    ['wide formats', '{{ "%1000000000d" % 1 }}'],
    ['wide formats of the other kind', '{{ "{:>1000000000}".format(1) }}'],
    ['wide text', '{{ "x"|center(1000000000) }}'],
    ['much to replace', '{{ ("ab" * 100000).replace("a", "x" * 100) }}'],
    ['much between', '{{ range(100000)|join("x" * 1000) }}'],
    ['many rows', '{{ range(3)|batch(100000000, "x")|list }}'],
    ['much to compare', '{{ range(20000)|unique|list }}'],
    ['much to wrap', '{{ ("a" * 1000000)|wordwrap(1) }}'],
    ['much to escape', '{{ ("<" * 1000000)|e }}'],
    ['much to link', '{{ ("ab.com " * 20000)|urlize(rel="x" * 1000) }}'],
    ['a long sum', `{{ 1${'+1'.repeat(50_000)} }}`],
  ])('%s', (_, template) => {
    const begun = processorTime();
    expect(play(template)).toMatchObject({ error: 'LimitError' });
    expect(processorTime() - begun).toBeLessThan(3000);
  });

  it.each([
    ['brackets', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`],
    ['words', `{{ ${'not '.repeat(5000)}1 }}`],
    ['blocks', '{% if 1 %}'.repeat(5000)],
    ['comments that do not end', '{#'.repeat(50_000)],
  ])('%s in its text', (_, template) => expect(play(template)).toMatchObject({ error: 'TemplateSyntaxError' }));

  it.each([
    ['brackets', 'a' + '('.repeat(100_000) + ')'.repeat(100_000)],
    ['brackets in brackets', `${')'.repeat(100_000)}a)`],
    ['at signs', `${'a@'.repeat(100_000)}b`],
    ['dots', `a@${'b.'.repeat(100_000)}-`],
    ['labels', `www.${'a.'.repeat(100_000)}-`],
    ['colons', `http://[${':a'.repeat(100_000)}`],
  ])('and finds places among many %s before it is over', (_, text) => {
    const begun = processorTime();
    expect(play('{{ text|urlize }}', { text })).toEqual({ result: text });
    expect(processorTime() - begun).toBeLessThan(1000);
  });

  it('and is over when its time is', () => {
    const late = { ...allowance(), deadline: performance.now() - 1 };
    const template = '{% for i in range(10000) %}{{ i }}{% endfor %}';
    expect(() => renderOnce(template, namesOf([]), late)).toThrow('out of time');
  });
});
