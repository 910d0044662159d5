import { compile } from './compile.ts';
import { format } from './format.ts';
import { type LintFault, type Symbols, lint } from './lint.ts';
import { type Answers, type Rehearsal, type TraceEntry, rehearse } from './rehearse.ts';
import { type Recorded, type Replay, replay } from './replay.ts';
import { thrownText } from './signals.ts';
import { ScriptFault } from './source-fault.ts';

const usage = `usage: tscript <command> <file> [options]      (- reads standard input)

  lint <file>       say what is wrong       --symbols <file>  names of modules and variables, as JSON
  format <file>     print canonical layout  --write  change the file   --check  only say whether it is so
  run <file>        run it by itself        --variables <file>  JSON   --set name=<json>
  rehearse <file>   run it with answers     --answers <file>  JSON     --record <file>  note what it does
                                            --against <file>  where it differs from a noted run
  --json            everything as one JSON document

exit codes: 0 good, 1 faults or another course, 2 wrong use or no such file, 3 stopped and could not go on
`;

/** How a command ended: its exit code, what a person reads, and what a program reads. */
export interface Answered {
  readonly code: 0 | 1 | 2 | 3;
  readonly text: string;
  readonly json: unknown;
}

/** Where a command reads and writes files. */
export interface Files {
  read(name: string): string;
  write(name: string, content: string): void;
  /** Parses JSON and keeps whole floats as `Number` objects; `JSON.parse`, which takes `1.0` for an integer, where there is none. */
  parse?(text: string): unknown;
}

interface Options {
  readonly file: string;
  /** The values of options that take one, in order. */
  readonly given: Readonly<Record<string, readonly string[]>>;
  readonly flags: ReadonlySet<string>;
}

const withValue: ReadonlySet<string> = new Set(['symbols', 'variables', 'answers', 'record', 'against', 'set']);
const withoutValue: ReadonlySet<string> = new Set(['json', 'write', 'check']);

/** Does what a command line asks for. */
export function commandLine(args: readonly string[], files: Files): Answered {
  try {
    const { words, given, flags } = sorted(args);
    const [command = '', file] = words;
    const act = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (act === undefined || file === undefined || words.length > 2) return misuse(usage);
    return act({ file, given, flags }, files);
  } catch (thrown) {
    return thrown instanceof ScriptFault ? faulty(thrown) : misuse(`${thrownText(thrown)}\n`);
  }
}

function sorted(args: readonly string[]): Omit<Options, 'file'> & { readonly words: readonly string[] } {
  const words: string[] = [];
  const given: Record<string, string[]> = {};
  const flags = new Set<string>();
  for (let at = 0; at < args.length; at += 1) {
    const [, name, beside] = /^--([a-z]+)(?:=(.*))?$/s.exec(args[at] ?? '') ?? [];
    if (name === undefined) words.push(args[at] ?? '');
    else if (withoutValue.has(name)) flags.add(name);
    else if (withValue.has(name)) (given[name] ??= []).push(beside ?? args[(at += 1)] ?? '');
    else throw new Error(`there is no option --${name}`);
  }
  return { words, given, flags };
}

const commands: Readonly<Record<string, (options: Options, files: Files) => Answered>> = {
  lint: lintCommand,
  format: formatCommand,
  run: runCommand,
  rehearse: rehearseCommand,
};

function misuse(text: string): Answered {
  return { code: 2, text, json: { error: text.trim() } };
}

function faulty({ faults }: ScriptFault): Answered {
  const text = faults.map(({ line, column, message, excerpt }) => `${line}:${column} error: ${message}\n${excerpt}\n`);
  return { code: 1, text: text.join('\n'), json: { faults } };
}

const parsed = ({ parse = JSON.parse }: Files, text: string): unknown => parse(text);

/** The JSON in the file that an option names; undefined without the option. */
function readJson({ given }: Options, files: Files, option: string): unknown {
  const name = given[option]?.at(-1);
  if (name === undefined) return undefined;
  try {
    return parsed(files, files.read(name));
  } catch (thrown) {
    throw new Error(`${name}: ${thrownText(thrown)}`, { cause: thrown });
  }
}

function lintCommand(options: Options, files: Files): Answered {
  const { file } = options;
  const faults = lint(files.read(file), readJson(options, files, 'symbols') as Symbols | undefined);
  const worst = faults.some(({ severity }) => severity === 'error');
  return { code: worst ? 1 : 0, text: faults.map((fault) => faultText(file, fault)).join('\n'), json: { faults } };
}

function faultText(file: string, { severity, line, column, message, excerpt }: LintFault): string {
  return `${file}:${line}:${column} ${severity}: ${message}\n${excerpt}\n`;
}

function formatCommand({ file, flags }: Options, files: Files): Answered {
  const source = files.read(file);
  const formatted = format(source);
  const changed = formatted !== source;
  if (flags.has('check'))
    return { code: changed ? 1 : 0, text: changed ? `${file} is laid out otherwise\n` : '', json: { changed } };
  const write = flags.has('write');
  if (write && changed) files.write(file, formatted);
  return { code: 0, text: write ? '' : formatted, json: { changed, formatted } };
}

function runCommand(options: Options, files: Files): Answered {
  return performed(rehearse(compile(files.read(options.file)), { variables: variablesOf(options, files) }));
}

function variablesOf(options: Options, files: Files): Record<string, unknown> {
  const named = (options.given['set'] ?? []).map((text) => {
    const [, name, json = ''] = /^([A-Za-z][A-Za-z0-9_]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new Error(`--set ${text}: expected name=<json>`);
    return [name, parsed(files, json)] as const;
  });
  const known = readJson(options, files, 'variables') as Record<string, unknown> | undefined;
  return { ...known, ...Object.fromEntries(named) };
}

function rehearseCommand(options: Options, files: Files): Answered {
  const program = compile(files.read(options.file));
  const recorded = readJson(options, files, 'against') as Recorded | undefined;
  if (recorded !== undefined) return followed(replay(program, recorded));
  const answers = (readJson(options, files, 'answers') ?? {}) as Answers;
  const variables = { ...answers.variables, ...variablesOf(options, files) };
  const rehearsal = rehearse(program, { ...answers, variables });
  const record = options.given['record']?.at(-1);
  const noted = (): string => `${JSON.stringify({ variables, trace: rehearsal.trace }, null, 2)}\n`;
  if (record !== undefined) files.write(record, noted());
  return performed(rehearsal);
}

function performed({ trace, outcome, variables }: Rehearsal): Answered {
  const stopped = outcome.kind === 'ended' ? '' : `${outcome.kind}: ${outcome.message}\n`;
  const held = Object.entries(variables).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}\n`);
  const text = `${trace.map(traceText).join('')}${stopped}variables\n${held.join('')}`;
  const code = outcome.kind === 'ended' ? 0 : outcome.kind === 'aborted' ? 1 : 3;
  return { code, text, json: { outcome, variables, trace } };
}

function traceText(entry: TraceEntry): string {
  const at = String(entry.line).padStart(4);
  if (entry.kind === 'stop') return `${at}  ${entry.outcome}: ${entry.message}\n`;
  if (entry.kind !== 'call') return `${at}  ${entry.kind} ${entry.name} ${JSON.stringify(entry.value)}\n`;
  return `${at}  call ${entry.name} ${JSON.stringify(entry.parameters)} -> ${JSON.stringify(entry.answer)}\n`;
}

function followed({ divergence, rehearsal }: Replay): Answered {
  if (divergence === null)
    return { code: 0, text: 'the script does what was noted\n', json: { divergence, rehearsal } };
  const { line, recorded, found } = divergence;
  const place = line === null ? 'at its end' : `at line ${line}`;
  const noted = recorded === null ? 'noted: nothing more\n' : `noted: ${traceText(recorded).trim()}\n`;
  return {
    code: 1,
    text: `the script takes another course ${place}\n${noted}now:   ${found}\n`,
    json: { divergence, rehearsal },
  };
}
