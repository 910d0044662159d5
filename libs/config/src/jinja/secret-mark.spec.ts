import { expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { MASK, secretReference } from '#kernel';
import { merge } from '../merge.ts';
import { renderTemplate, Unrenderable } from '../render-template.ts';

const VALUES: readonly (readonly [string, Json])[] = [
  ['db_password', secretReference('f3c1b0e5')],
  ['token', 'written before its name was that of a secret'],
  ['secret_names', ['pin']],
  ['users', [{ user: 'a', password: secretReference('0a1b2c3d'), pin: 1234 }]],
];

const merged = (template: string) => {
  const { values, faults } = merge([...VALUES, ['text', template]]);
  return faults.length === 0
    ? values.get('text')
    : faults.map(({ key, error, message }) => `${key}: ${error}: ${message}`);
};

it.each([
  ['{{ db_password }}', MASK],
  ['{{ token }}', MASK],
  ['{{ users.0.pin }}', MASK],
  ['pg://u:{{ db_password }}@h', `pg://u:${MASK}@h`],
  ['{{ "u:" ~ db_password }} {{ db_password + ":" + token }}', `u:${MASK} ${MASK}:${MASK}`],
  [
    '{{ db_password|default("x") }} {{ missing|default(token) }} {{ db_password|d("x", true) }}',
    `${MASK} ${MASK} ${MASK}`,
  ],
  ['{{ db_password|tojson }} {{ users|tojson }}', `"${MASK}" [{"password": "${MASK}", "pin": "${MASK}", "user": "a"}]`],
  ['{{ db_password|replace("e", "x") }} {{ ("u:" ~ token)|replace(":", "-")|replace("u", "") }}', `${MASK} ${MASK}`],
  ['{{ "a-b"|replace("-", db_password) }}', `a${MASK}b`],
  ['{{ users }}', `[{'user': 'a', 'password': '${MASK}', 'pin': '${MASK}'}]`],
  ['{{ "%s:%s" % ("u", token) }} {{ "{}!".format(token) }}', `u:${MASK} ${MASK}!`],
  ['{% if db_password %}set{% endif %} {{ db_password is defined }} {{ db_password is none }}', 'set True False'],
  ['{% set p = db_password %}{% for u in users %}{{ u.user }}={{ u.password }}{{ p }}{% endfor %}', `a=${MASK}${MASK}`],
  ['{{ users|map(attribute="user")|join(",") }} {{ users|length }}', 'a 1'],
  ['{{ [token, "x"]|join("/") }} {{ [token]|first }}', `${MASK}/x ${MASK}`],
])('%s comes to %s', (template, text) => expect(merged(template)).toEqual(text));

it.each([
  ['{{ db_password|upper }}', "put through 'upper'"],
  ['{{ ("x" ~ token)|length }}', "put through 'length'"],
  ['{{ users.0.pin|int }}', "put through 'int'"],
  ['{{ token|string }}', "put through 'string'"],
  ['{{ token|b64encode }}', undefined],
  ['{{ users|map(attribute="password")|map("first")|list }}', "put through 'first'"],
  ['{{ users|upper }}', "put through 'upper'"],
  ['{{ "x"|indent(token) }}', "put through 'indent'"],
  ['{% filter upper %}a {{ token }}{% endfilter %}', "put through 'upper'"],
  ['{{ db_password.upper() }}', "asked for 'upper'"],
  ['{{ db_password[0] }}{{ db_password[1:] }}', 'taken apart'],
  ['{% for c in token %}{{ c }}{% endfor %}', 'taken apart'],
  ['{{ db_password == "x" }}', 'compared'],
  ['{{ "x" in token }}', 'compared'],
  ['{{ token is upper }}', "tested by 'upper'"],
  ['{{ users|selectattr("password", "eq", "x")|list }}', "tested by 'eq'"],
])('%s is refused', (template, why) => {
  const fault =
    why === undefined
      ? "TemplateAssertionError: No filter named 'b64encode'."
      : `SecurityError: a secret cannot be ${why}`;
  expect(merged(template)).toEqual([`text: ${fault}`]);
});

it('stays a secret from text to text, over the rounds', () => {
  const { values, faults } = merge([...VALUES, ['dsn', 'u:{{ db_password }}'], ['a', '<{{ dsn }}>']]);
  expect([values.get('dsn'), values.get('a'), faults]).toEqual([`u:${MASK}`, `<u:${MASK}>`, []]);
});

it('is masked in what a template comes to, and in why it does not', () => {
  expect(renderTemplate('p={{ db_password }}', VALUES).text).toBe(`p=${MASK}`);
  const bad = () => renderTemplate('{{ {}[db_password].x }}', VALUES);
  expect(bad).toThrow(Unrenderable);
  expect(bad).toThrow(MASK);
});
