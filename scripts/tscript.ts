/** `npm run tscript -- lint|format|run|rehearse <file>`: looks at a script, lays it out, or runs it without a host. */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import {
  type Answers,
  type LintFault,
  type Recorded,
  type Rehearsal,
  ScriptFault,
  type Symbols,
  type TraceEntry,
  compile,
  format,
  lint,
  rehearse,
  replay,
} from '#tscript';

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
}

interface Options {
  readonly file: string;
  readonly symbols?: string;
  readonly variables?: string;
  readonly answers?: string;
  readonly record?: string;
  readonly against?: string;
  readonly set?: string[];
  readonly write?: boolean;
  readonly check?: boolean;
}

/** Does what a command line asks for. */
export function tscript(args: readonly string[], files: Files): Answered & { readonly asJson: boolean } {
  const asJson = args.includes('--json');
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const [command = '', file] = positionals;
    const act = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (act === undefined || file === undefined || positionals.length > 2) return { ...misuse(usage), asJson };
    return { ...act({ ...values, file }, files), asJson };
  } catch (thrown) {
    const answered = thrown instanceof ScriptFault ? faulty(thrown) : misuse(`${(thrown as Error).message}\n`);
    return { ...answered, asJson };
  }
}

const options = {
  json: { type: 'boolean' },
  symbols: { type: 'string' },
  variables: { type: 'string' },
  answers: { type: 'string' },
  record: { type: 'string' },
  against: { type: 'string' },
  set: { type: 'string', multiple: true },
  write: { type: 'boolean' },
  check: { type: 'boolean' },
} as const;

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

function readJson(files: Files, name: string | undefined): unknown {
  if (name === undefined) return undefined;
  try {
    return JSON.parse(files.read(name)) as unknown;
  } catch (thrown) {
    throw new Error(`${name}: ${(thrown as Error).message}`, { cause: thrown });
  }
}

function lintCommand({ file, symbols }: Options, files: Files): Answered {
  const faults = lint(files.read(file), readJson(files, symbols) as Symbols | undefined);
  const worst = faults.some(({ severity }) => severity === 'error');
  return { code: worst ? 1 : 0, text: faults.map((fault) => faultText(file, fault)).join('\n'), json: { faults } };
}

function faultText(file: string, { severity, line, column, message, excerpt }: LintFault): string {
  return `${file}:${line}:${column} ${severity}: ${message}\n${excerpt}\n`;
}

function formatCommand({ file, write = false, check = false }: Options, files: Files): Answered {
  const source = files.read(file);
  const formatted = format(source);
  const changed = formatted !== source;
  if (check)
    return { code: changed ? 1 : 0, text: changed ? `${file} is laid out otherwise\n` : '', json: { changed } };
  if (write && changed) files.write(file, formatted);
  return { code: 0, text: write ? '' : formatted, json: { changed, formatted } };
}

function runCommand(given: Options, files: Files): Answered {
  return performed(rehearse(compile(files.read(given.file)), { variables: variablesOf(given, files) }));
}

function variablesOf({ variables, set = [] }: Options, files: Files): Record<string, unknown> {
  const named = set.map((text) => {
    const [, name, json = ''] = /^([A-Za-z][A-Za-z0-9_]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new Error(`--set ${text}: expected name=<json>`);
    return [name, JSON.parse(json) as unknown] as const;
  });
  return { ...(readJson(files, variables) as Record<string, unknown> | undefined), ...Object.fromEntries(named) };
}

function rehearseCommand(given: Options, files: Files): Answered {
  const program = compile(files.read(given.file));
  if (given.against !== undefined) return followed(replay(program, readJson(files, given.against) as Recorded));
  const answers = (readJson(files, given.answers) ?? {}) as Answers;
  const variables = { ...answers.variables, ...variablesOf(given, files) };
  const rehearsal = rehearse(program, { ...answers, variables });
  if (given.record !== undefined) {
    files.write(given.record, `${JSON.stringify({ variables, trace: rehearsal.trace }, null, 2)}\n`);
  }
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

function followed({ divergence, rehearsal }: ReturnType<typeof replay>): Answered {
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

const disk: Files = {
  read: (name) => readFileSync(name === '-' ? 0 : name, 'utf8'),
  write: (name, content) => writeFileSync(name, content),
};

if (import.meta.filename === argv[1]) {
  const { code, text, json, asJson } = tscript(argv.slice(2), disk);
  if (asJson) stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  else (code === 2 ? stderr : stdout).write(text);
  exit(code);
}
