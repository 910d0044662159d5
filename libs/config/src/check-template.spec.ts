import { describe, expect, it } from '@jest/globals';
import { templateFlaw } from './check-template.ts';
import { merge } from './merge.ts';

describe('a text as a template', () => {
  it.each([
    'no template at all |nosuch',
    '{{ a|upper }} {{ b is defined }} {% if x is divisibleby 3 %}{{ y|default("z") }}{% endif %}',
    '{% raw %}{{ a|nosuch }} {% anything %}{% endraw %}',
    '{{ list|map("upper")|select("odd")|selectattr("name", "none")|map(attribute="nosuch")|join }}',
    '{% if "nosuch" is filter and "nosuch" is test %}{% endif %}{{ missing.of.what }}',
    `{{ ${'1 + '.repeat(3000)}1 }}`,
  ])('has no flaw: %j', (text) => expect(templateFlaw(text)).toBeUndefined());

  it.each([
    ['{{ a|nosuch }}', "No filter named 'nosuch'. (line 1)"],
    ['{% if false %}\n{{ a|nosuch }}{% endif %}', "No filter named 'nosuch'. (line 2)"],
    ['{% if a %}{% else %}\n\n{{ x if y is nosuch }}{% endif %}', "No test named 'nosuch'. (line 3)"],
    ['{% for x in [] if x is nosuch %}{% endfor %}', "No test named 'nosuch'. (line 1)"],
    ['{% macro m(a=b|nosuch) %}{% endmacro %}', "No filter named 'nosuch'. (line 1)"],
    ['{% filter upper|nosuch %}{% endfilter %}', "No filter named 'nosuch'. (line 1)"],
    ['{% set x %}{{ {"a": [1|one, (2,)]} }}\n{{ 1|two }}{% endset %}', "No filter named 'one'. (line 1)"],
    ['{% set x | nosuch %}{% endset %}', "No filter named 'nosuch'. (line 1)"],
    ['{{ f(a|upper, *b, **c|nosuch) }}', "No filter named 'nosuch'. (line 1)"],
    ['{{ a|map("nosuch") }}', "No filter named 'nosuch'. (line 1)"],
    ['{{ a|select("nosuch") }}', "No test named 'nosuch'. (line 1)"],
    ['{{ a|rejectattr("b", "nosuch") }}', "No test named 'nosuch'. (line 1)"],
    ['{{ open', "unexpected end of template, expected 'end of print statement'. (line 1)"],
    ['a\n{% nosuch %}', "Encountered unknown tag 'nosuch'. (line 2)"],
    ['{{ 9007199254740993 }}', 'the number 9007199254740993 is too large (line 1)'],
  ])('has a flaw, reached or not: %j', (text, flaw) => expect(templateFlaw(text)).toBe(flaw));

  it.each([
    ['(', ')'],
    ['[', ']'],
    ['not ', ''],
  ])('has one where it is nested too deeply: %j', (open, close) => {
    expect(templateFlaw(`{{ ${open.repeat(50_000)}1${close.repeat(50_000)} }}`)).toMatch(/nested too deeply|too/);
  });
});

describe('the arguments of a test', () => {
  const faults = (text: string) => merge([['text', text]]).faults.map(({ error, message }) => `${error}: ${message}`);

  it.each([
    ['1 is sameas(1,2)', 'sameas() takes at most 1 arguments (2 given)'],
    ['1 is sameas', "sameas() missing a required argument: 'other'"],
    ['1 is divisibleby(2, 3)', 'divisibleby() takes at most 1 arguments (2 given)'],
    ['1 is divisibleby', "divisibleby() missing a required argument: 'num'"],
    ['1 is defined(1)', 'defined() takes at most 0 arguments (1 given)'],
    ['1 is odd(1)', 'odd() takes at most 0 arguments (1 given)'],
    ['1 is eq', "eq() missing a required argument: 'other'"],
    ['1 is in(1, 2)', 'in() takes at most 1 arguments (2 given)'],
    ['1 is divisibleby(by=2)', "divisibleby() got an unexpected keyword argument 'by'"],
    ['[1]|select("odd", 2)|list', 'odd() takes at most 0 arguments (1 given)'],
  ])('are checked: %s', (expression, message) => {
    expect(faults(`{{ ${expression} }}`)).toEqual([`TypeError: ${message}`]);
  });

  it('are taken by name, too', () => {
    expect(
      merge([['text', '{{ 4 is divisibleby(num=2) }} {{ 1 is in(seq=[1]) }} {{ 1 is sameas(other=1) }}']]).values.get(
        'text',
      ),
    ).toBe('True True True');
  });
});

it('renders text that is in the log already as a fault, where it is reached', () => {
  const { values, faults } = merge([
    ['a', '{% if x %}{{ 1|nosuch }}{% endif %}y'],
    ['b', '{{ 1|nosuch }}'],
  ]);
  expect(values.get('a')).toBe('y');
  expect(faults).toEqual([{ key: 'b', error: 'TemplateAssertionError', message: "No filter named 'nosuch'." }]);
});
