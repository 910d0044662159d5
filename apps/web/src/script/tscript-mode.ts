import type { StreamParser, StringStream } from '@codemirror/language';

const KEYWORDS = new Set([
  'begin',
  'end',
  'while',
  'do',
  'if',
  'then',
  'elif',
  'else',
  'goto',
  'break',
  'continue',
  'pass',
]);
const OPERATORS = new Set(['and', 'or', 'not', 'exists']);
const CONSTANTS = new Set(['True', 'true', 'False', 'false', 'None', 'none']);

interface State {
  /** The quote that closes the text one is in, which may go over several lines. */
  quote: string | undefined;
}

/** Reads the rest of a text in quotes, as far as it goes in this line. */
function readText(stream: StringStream, state: State): string {
  const at = stream.string.indexOf(state.quote ?? '', stream.pos);
  if (at < 0) stream.skipToEnd();
  else {
    stream.pos = at + 1;
    state.quote = undefined;
  }
  return 'string';
}

function readWord(stream: StringStream, word: string): string {
  if (CONSTANTS.has(word)) return 'atom';
  if (KEYWORDS.has(word)) return 'keyword';
  if (OPERATORS.has(word)) return 'operatorKeyword';
  if (stream.match(/^\s*\(/, false)) return 'variableName.function';
  if (stream.match(/^\s*=(?!=)/, false)) return 'propertyName';
  return 'variableName';
}

/** The words of TScript, as far as they have a colour of their own. */
export const tscriptMode: StreamParser<State> = {
  name: 'tscript',
  startState: () => ({ quote: undefined }),
  copyState: ({ quote }) => ({ quote }),
  token(stream, state) {
    if (state.quote !== undefined) return readText(stream, state);
    if (stream.eatSpace()) return null;
    const next = stream.peek() ?? '';
    if (next === '#') {
      stream.skipToEnd();
      return 'comment';
    }
    if (next === '"' || next === "'") {
      stream.next();
      state.quote = next;
      return readText(stream, state);
    }
    if (stream.match(/^:[A-Za-z][A-Za-z0-9_]*/)) return 'labelName';
    if (stream.match(/^(?:[0-9]{1,2}:){1,3}[0-9]{1,2}/) || stream.match(/^[0-9]+(?:\.[0-9]+)?/)) return 'number';
    if (stream.match(/^[A-Za-z][A-Za-z0-9_]*/)) {
      // In `module.name(…)` the module is a name of its own.
      if (stream.match(/^\.(?=[A-Za-z])/, false) && !OPERATORS.has(stream.current())) return 'namespace';
      return readWord(stream, stream.current());
    }
    if (stream.match(/^(?:==|!=|<=|>=|[-+*/%^&|.<>=])/)) return 'operator';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', "'", '"'] } },
};
