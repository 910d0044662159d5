import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Prompt } from './ask-secret.ts';
import type { Command, Result, Tools } from './command.ts';
import type { Commands } from './command-tree.ts';
import { candidatesFor } from './completion-commands.ts';
import { MAX_HISTORY, ShellHistory } from './shell-history.ts';
import { openWords, splitLine } from './split-line.ts';

const PROMPT = 'contractor> ';
/** What ends the shell beside Ctrl-D. */
const END: readonly string[] = ['exit', 'quit'];
/** The title of the terminal. */
const TITLE = '\u001b]0;contractor\u0007';
/** What a line is told that ends within quotation marks: it is not run. */
const UNFINISHED = 'contractor: a quotation mark is missing\n';
/** What Ctrl-C on an empty prompt is told. */
const HINT = '(exit with Ctrl-D)\n';

/** Runs one line of the shell, given up by its own signal. @returns its exit code */
export type RunLine = (args: readonly string[], signal: AbortSignal, asker: Prompt | undefined) => Promise<number>;

/** The interactive shell. Each line is read by itself: what one says counts for no other. */
export const shellCommands = (
  commands: () => Commands,
  runner: (tools: Tools, common: string[]) => RunLine,
): Readonly<Record<string, Command>> => ({
  shell: {
    usage: '',
    does: 'read commands from a prompt, with completion and history, or one after the other from standard input',
    about: `--server, --context, --config, --json and --debug count for all its lines. It ends with Ctrl-D, or with ${END.join(' or ')}.`,
    names: [0, 0],
    run: async ({ options }, tools) => {
      const common = ['server', 'context', 'config'].flatMap((name) => {
        const value = options[name];
        return typeof value === 'string' ? [`--${name}`, value] : [];
      });
      const flags = ['json', 'debug'].flatMap((name) => (options[name] === true ? [`--${name}`] : []));
      const run = runner(tools, [...common, ...flags]);
      return tools.terminal.input.isTTY ? interactive(commands(), tools, run) : fromInput(tools, run);
    },
  },
});

/** Runs the lines of standard input; what a command asks for is on the lines behind it. */
async function fromInput({ asker, signal, terminal }: Tools, run: RunLine): Promise<Result> {
  let code = 0;
  for (let line = await asker.line(); line !== undefined && !signal.aborted; line = await asker.line()) {
    const { words, isUnfinished } = splitLine(line);
    if (END.includes(words[0] ?? '')) break;
    if (isUnfinished) {
      terminal.output.write(UNFINISHED);
      code = 1;
    } else if (words.length > 0) code = await run(words, signal, asker);
  }
  return { json: null, text: '', silent: true, failed: code !== 0 };
}

/** What has come with a line that was read, as it does where several lines are pasted. */
interface Ahead {
  /** Whole lines. */
  readonly lines: string[];
  /** The beginning of the one behind them. */
  begun: string;
}

const nothingAhead = (): Ahead => ({ lines: [], begun: '' });

async function interactive(commands: Commands, tools: Tools, run: RunLine): Promise<Result> {
  const kept = new ShellHistory(tools.environment);
  let history = await kept.lines();
  tools.terminal.output.write(TITLE);
  let ahead = nothingAhead();
  for (;;) {
    const next = ahead.lines.shift();
    if (next !== undefined) tools.terminal.output.write(`${PROMPT}${next}\n`);
    const line = next ?? (await typedLine(commands, tools, history, ahead));
    if (line === undefined) break;
    const { words, isUnfinished } = splitLine(line);
    if (words.length === 0) continue;
    history = [line, ...history.filter((one) => one !== line)].slice(0, MAX_HISTORY);
    await kept.keep(history);
    if (END.includes(words[0] ?? '')) break;
    if (isUnfinished) tools.terminal.output.write(UNFINISHED);
    else if (await givenUpBySigint((signal) => run(words, signal, undefined))) ahead = nothingAhead();
  }
  return { json: null, text: '', silent: true };
}

/**
 * A line from the prompt; undefined: there are no more (Ctrl-D). While a command runs, the input is its own.
 * @param ahead gets what has come with it
 */
async function typedLine(
  commands: Commands,
  { client, terminal }: Tools,
  history: string[],
  ahead: Ahead,
): Promise<string | undefined> {
  const reader = createInterface({
    input: terminal.input,
    output: terminal.output,
    prompt: PROMPT,
    history: [...history],
    historySize: MAX_HISTORY,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      const words = openWords(line);
      const last = words.at(-1) ?? '';
      candidatesFor(commands, words, () => client).then(
        // One alone is finished; a part of an object's name (site/) is not.
        (found = []) => done(null, [found.map(({ text }) => (text.endsWith('/') ? text : `${text} `)), last]),
        // Without the server there are no names to offer; the command itself tells why.
        () => done(null, [[], last]),
      );
    },
  });
  const over = new AbortController();
  reader.on('SIGINT', () => {
    if (reader.line === '') terminal.output.write(`\n${HINT}`);
    else terminal.output.write('\n');
    reader.write(null, { ctrl: true, name: 'e' });
    reader.write(null, { ctrl: true, name: 'u' });
    reader.prompt();
  });
  reader.prompt();
  if (ahead.begun !== '') reader.write(ahead.begun);
  try {
    const lines: string[] = [];
    reader.on('line', (line) => lines.push(line));
    const events = ['line', 'close'].map((name) => once(reader, name, { signal: over.signal }));
    await Promise.race(events);
    const [first, ...others] = lines;
    ahead.lines.push(...others);
    ahead.begun = reader.line;
    if (first === undefined) terminal.output.write('\n');
    return first;
  } finally {
    over.abort();
    reader.close();
  }
}

/** Does something that Ctrl-C gives up, and nothing else. @returns whether it was given up */
async function givenUpBySigint(work: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  const interrupt = new AbortController();
  const others = process.listeners('SIGINT');
  const giveUp = () => interrupt.abort();
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', giveUp);
  try {
    await work(interrupt.signal);
    return interrupt.signal.aborted;
  } finally {
    process.off('SIGINT', giveUp);
    for (const other of others) process.on('SIGINT', other);
  }
}
