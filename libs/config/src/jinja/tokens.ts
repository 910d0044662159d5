/** A token of a template: text outside of tags, the ends of tags, and what stands inside them. */
export interface Token {
  readonly type: string;
  readonly value: string | number;
  readonly line: number;
}

/** Operators by their signs. */
export const OPERATORS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '/': 'div',
  '//': 'floordiv',
  '*': 'mul',
  '%': 'mod',
  '**': 'pow',
  '~': 'tilde',
  '[': 'lbracket',
  ']': 'rbracket',
  '(': 'lparen',
  ')': 'rparen',
  '{': 'lbrace',
  '}': 'rbrace',
  '==': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gteq',
  '<': 'lt',
  '<=': 'lteq',
  '=': 'assign',
  '.': 'dot',
  ':': 'colon',
  '|': 'pipe',
  ',': 'comma',
  ';': 'semicolon',
};

const NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(OPERATORS).map(([sign, type]) => [type, sign])),
  block_begin: 'begin of statement block',
  block_end: 'end of statement block',
  variable_begin: 'begin of print statement',
  variable_end: 'end of print statement',
  data: 'template data / text',
  eof: 'end of template',
};

/** A token in the words of a fault. */
export const describe = ({ type, value }: Pick<Token, 'type' | 'value'>): string =>
  type === 'name' ? String(value) : (NAMES[type] ?? type);

/** What `type` or `name:<word>` is called in a fault. */
export function describeWanted(wanted: string): string {
  const [type = '', word] = wanted.split(':');
  return word ?? NAMES[type] ?? type;
}
