import type { StreamParser } from '@codemirror/language';

/** What a template is in the middle of: an expression, a statement or a remark; undefined: its text. */
interface State {
  inside: '}}' | '%}' | '#}' | undefined;
}

const CLOSES = { '{{': '}}', '{%': '%}', '{#': '#}' } as const;

/** Texts that are rendered for a machine: what stands in `{{ … }}`, `{% … %}` and `{# … #}`, and remarks of a line. */
export const templateMode: StreamParser<State> = {
  name: 'template',
  startState: () => ({ inside: undefined }),
  copyState: ({ inside }) => ({ inside }),
  token(stream, state) {
    if (state.inside === undefined) {
      const opened = stream.match(/^\{[{%#]/) as RegExpMatchArray | null;
      if (opened) {
        state.inside = CLOSES[opened[0] as keyof typeof CLOSES];
        return state.inside === '#}' ? 'comment' : 'keyword';
      }
      if (stream.sol() && stream.match(/^\s*#.*/)) return 'comment';
      if (!stream.match(/^[^{]+/)) stream.next();
      return null;
    }
    if (stream.match(state.inside)) {
      const remark = state.inside === '#}';
      state.inside = undefined;
      return remark ? 'comment' : 'keyword';
    }
    if (state.inside === '#}') {
      if (!stream.match(/^[^#]+/)) stream.next();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^"[^"]*"|^'[^']*'/)) return 'string';
    if (stream.match(/^[0-9]+(?:\.[0-9]+)?/)) return 'number';
    if (stream.match(/^[A-Za-z_][A-Za-z0-9_]*/)) return state.inside === '%}' ? 'operatorKeyword' : 'variableName';
    stream.next();
    return 'operator';
  },
  languageData: { commentTokens: { line: '#' } },
};
