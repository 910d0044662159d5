import { describe, expect, it } from '@jest/globals';
import type { JsonMap } from '#kernel';
import { renderTemplate } from './render-template.ts';

const rendered = (template: string, values: JsonMap = {}): string =>
  renderTemplate(template, Object.entries(values)).text;

describe('a boot script or template', () => {
  it.each<[string, JsonMap, string]>([
    ['plain\n', {}, 'plain\n'],
    ['plain {# c #}\n', {}, 'plain {# c #}\n'],
    ['x {{ a }}\n', { a: 1 }, 'x 1'],
    ['x {{ a }}\n\n', { a: 1 }, 'x 1\n'],
    ['{% for i in l %}\n{{ i }}\n{% endfor %}', { l: [1, 2] }, '\n1\n\n2\n'],
    ['{% for i in l -%}\n{{ i }}\n{% endfor -%}\nend', { l: [1, 2] }, '1\n2\nend'],
    ['{{ a }}', { a: '{{ b }}', b: 'two' }, 'two'],
    ['{{ "{{ b }}" }}', { b: 'two' }, 'two'],
    ['{% raw %}{{ b }}{% endraw %}', { b: 'x' }, 'x'],
    ['{{ nope|tojson }} {{ l|tojson }}', { l: [1, { b: null, a: true }] }, '"" [1, {"a": true, "b": null}]'],
    ['{{ "{{ a }}" }}', { a: '{{ a }}' }, '{{ a }}'],
    [
      '{{ _interface_map.eth0.address_list.0.address }}',
      { _interface_map: { eth0: { address_list: [{ address: '10.0.0.5' }] } } },
      '10.0.0.5',
    ],
  ])('is rendered: %j with %j', (template, values, result) => expect(rendered(template, values)).toBe(result));

  it.each([
    ['{{ "{{" }}', `Error parsing template: "unexpected 'end of template'" on line: "1"`],
    ['{{ a b }}', `Error parsing template: "expected token 'end of print statement', got 'b'" on line: "1"`],
    ['one\ntwo {{ a|nope }}', `Error parsing template: "No filter named 'nope'." on line: "2"`],
    ['{{ a.b }}', `Error rendering template: "'a' is undefined"`],
    ['{{ 1 / 0 }}', 'Error rendering template: "division by zero"'],
    ['{{ "x" * 99999999 }}', 'Error rendering template: "more than 262144 characters"'],
  ])('is refused: %j', (template, message) => expect(() => rendered(template)).toThrow(message));

  it('that goes on and on is refused', () => {
    const values = { a: "{% raw %}{{ '{{ a' }}{{ ' }}x' }}{% endraw %}" };
    expect(() => rendered('{% raw %}x{{ "{% raw %}" }}y{{ a }}{% endraw %}{{ a }}', values)).toThrow(/Error|settle/);
  });

  it('is rendered though a value it does not use is at fault', () =>
    expect(renderTemplate('ok {{ 1 }}', Object.entries({ bad: '{{ x' }))).toEqual({
      text: 'ok 1',
      faults: [
        {
          key: 'bad',
          error: 'TemplateSyntaxError',
          message: "unexpected end of template, expected 'end of print statement'.",
        },
      ],
    }));
});
