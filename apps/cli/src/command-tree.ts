import type { HelpConfiguration, OutputConfiguration } from 'commander';
import { CommanderError, Command as Node, Option } from 'commander';
import type { Asked, Command, CommandOption } from './command.ts';
import { Misuse } from './command.ts';
import { GROUPS } from './command-groups.ts';
import { COMMON_OPTIONS, optionsOf } from './common-options.ts';

/** All commands, by the words that name them. */
export type Commands = Readonly<Record<string, Command>>;

/** What a command line asks for: a command, or something to be read. */
export type Request =
  | { readonly kind: 'command'; readonly words: string; readonly command: Command; readonly asked: Asked }
  | { readonly kind: 'text'; readonly text: string };

/** What the help about all commands ends with. */
const REMARKS = `
The server is --server, or that of --context or of the context in use, or CONTRACTOR_URL, or where CONTRACTOR_HOST and
CONTRACTOR_PORT have it listen, or that of ~/.contractorcli.ini, or http://127.0.0.1:8080 where that answers, or
http://contractor. The environment stands above the settings file, which is the one CONTRACTOR_SETTINGS names, or
contractor.env in the working directory. Secrets are asked for on a terminal, or read from standard input, a line each;
CONTRACTOR_USERNAME and CONTRACTOR_PASSWORD log in by themselves. CONTRACTOR_CA is a file with the certificates of those who
may have signed that of the server.
Exit codes: 0 done, 1 refused or failed, 2 wrong use or a setting that cannot be used, 3 no session, 130 given up.
`;

const NAME = 'contractor';
/** The longest call that is shown in a list of commands, in characters. */
const MAX_TERM = 40;
/** Stands for an empty text, which commander would fill. */
const NOTHING = ' ';
/** Words that ask for help about those that follow. */
const HELP = 'help';

/** Takes a command line apart. @throws Misuse, which says what would be right */
export function readCommandLine(commands: Commands, args: readonly string[]): Request {
  const written: string[] = [];
  let found: { readonly words: string; readonly node: Node } | undefined;
  const program = commandTree(commands, {
    output: { writeOut: (text) => written.push(text), writeErr: (text) => written.push(text) },
    chosen: (words, node) => {
      found = { words, node };
    },
  });
  if (args[0] === HELP) return { kind: 'text', text: helpAbout(program, commands, args.slice(1)) };
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { kind: 'text', text: written.join('') };
    if (error.code === 'commander.help') throw incomplete(program, args);
    throw misuse(error, program, args);
  }
  if (!found) throw incomplete(program, args);
  const { words, node } = found;
  const command = commands[words];
  if (!command) throw new Error(`no such command: ${words}`);
  const asked = {
    names: node.args,
    options: { ...valuesOf(program, COMMON_OPTIONS), ...valuesOf(node, optionsOf(words, command)) },
  };
  const [least, most] = command.names;
  if (asked.names.length < least) throw new Misuse([...said(command), usageOf(words, command)].join('\n'));
  if (asked.names.length > most) throw new Misuse(`too many names\n${usageOf(words, command)}`);
  return { kind: 'command', words, command, asked };
}

const said = ({ needs }: Command): string[] => (needs === undefined ? [] : [needs]);

const usageOf = (words: string, { usage }: Command): string =>
  `usage: ${NAME} ${words} ${usage}`.trimEnd() + `\n"${NAME} ${words} --help" tells more`;

/** How a command is called, without the word `usage`. */
export const callOf = (words: string, { usage }: Command): string => `${NAME} ${words} ${usage}`.trimEnd();

interface Listener {
  readonly output: OutputConfiguration;
  /** Told which command it is. */
  readonly chosen: (words: string, node: Node) => void;
}

/** The commands as commander has them: a tree of words, with the options of each. */
function commandTree(commands: Commands, { output, chosen }: Listener): Node {
  const program = new Node(NAME)
    .usage('COMMAND [options]')
    .description('Builds anything: servers, virtual machines and containers, from blueprints.')
    .exitOverride()
    .configureOutput(output)
    .configureHelp(HELP_STYLE)
    .helpCommand(false)
    .helpOption('-h, --help', 'tell about a command');
  addOptions(program, COMMON_OPTIONS);
  program.addHelpText('after', REMARKS);
  const nodes = new Map<string, Node>([['', program]]);
  const nodeFor = (words: string): Node => {
    const known = nodes.get(words);
    if (known) return known;
    const at = words.lastIndexOf(' ');
    const parent = nodeFor(at === -1 ? '' : words.slice(0, at));
    const hidden = commands[words]?.hidden === true;
    const node = parent.command(words.slice(at + 1), { hidden }).helpCommand(false);
    nodes.set(words, node);
    return node;
  };
  const add = (words: string, command: Command, named: string): void => {
    const node = nodeFor(words)
      .description(command.does)
      .usage(command.usage || NOTHING)
      .argument('[names...]');
    addOptions(node, optionsOf(named, command));
    if (command.about !== undefined) node.addHelpText('after', `\n${command.about}`);
    node.action(() => chosen(named, node));
  };
  for (const [words, command] of Object.entries(commands)) {
    add(words, command, words);
    for (const alias of command.aliases ?? []) add(alias, command, words);
  }
  for (const [words, node] of nodes) {
    if (node.commands.length === 0 || words === '' || node.description() !== '') continue;
    node.usage('COMMAND').description(GROUPS[words] ?? node.commands.map((one) => one.name()).join(', '));
  }
  program.command('help').usage('[COMMAND] [--all]').description('tell about a command, or all of them');
  return program;
}

/** How help is written: that about all commands lists their first words, that about such a word how it goes on. */
const HELP_STYLE: HelpConfiguration = {
  helpWidth: 120,
  showGlobalOptions: true,
  sortSubcommands: true,
  visibleArguments: () => [],
  commandUsage: (node) => callText(node),
  subcommandTerm: (node) => {
    if (!node.parent?.parent || node.commands.length > 0) return node.name();
    const call = `${node.name()} ${node.usage()}`.trim();
    // The names it takes, where with all its options it is too long.
    return call.length <= MAX_TERM ? call : `${call.replace(/ (?:\[?--?\w|\().*$/s, '')} …`;
  },
};

/** How commander has a node called: all its words, and what stands behind them. */
function callText(node: Node): string {
  const words: string[] = [];
  for (let at: Node | null = node; at; at = at.parent) words.unshift(at.name());
  return `${words.join(' ')} ${node.usage().trim()}`.trimEnd();
}

function addOptions(node: Node, options: Readonly<Record<string, CommandOption>>): void {
  for (const [name, option] of Object.entries(options)) {
    const { type, multiple = false, short, value = name.toUpperCase(), does } = option;
    const flags = `${short === undefined ? '' : `-${short}, `}--${name}${type === 'string' ? ` <${value}>` : ''}`;
    const its = new Option(flags, multiple ? `${does} (again and again)` : does);
    if (multiple) its.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
    node.addOption(its);
  }
}

/** The options that were given, by the names of the records. */
function valuesOf(node: Node, options: Readonly<Record<string, CommandOption>>): Asked['options'] {
  const given: Record<string, string | boolean | (string | boolean)[] | undefined> = {};
  for (const name of Object.keys(options)) {
    const option = node.options.find(({ long }) => long === `--${name}`);
    if (!option) continue;
    const value = node.getOptionValue(option.attributeName()) as string | boolean | string[] | undefined;
    if (option.negate) {
      // Of --no-x, commander says that x is false.
      if (value === false) given[name] = true;
    } else if (value !== undefined && value !== false && !(value === true && option.required)) {
      given[name] = value;
    }
  }
  return given;
}

/** The command that words begin, as far as there is one. */
function nodeOf(program: Node, words: readonly string[]): readonly [node: Node, rest: readonly string[]] {
  let node = program;
  for (const [n, word] of words.entries()) {
    const next = node.commands.find((one) => one.name() === word);
    if (!next) return [node, words.slice(n)];
    node = next;
  }
  return [node, []];
}

function helpAbout(program: Node, commands: Commands, words: readonly string[]): string {
  if (words[0] === '--all') {
    const shown = Object.entries(commands).filter(([, { hidden }]) => hidden !== true);
    const all = shown.map(([name, one]) => `  ${callOf(name, one)}\n      ${one.does}`);
    return `${all.join('\n')}\n`;
  }
  const [node, rest] = nodeOf(
    program,
    words.filter((word) => word !== '--help' && word !== '-h'),
  );
  if (rest.length > 0) throw new Misuse(`no such command: ${words.join(' ')}`);
  return helpOf(node);
}

/** Help of a node, with what is said behind it. */
function helpOf(node: Node): string {
  const texts: string[] = [];
  node.configureOutput({ writeOut: (text) => texts.push(text) });
  node.outputHelp();
  return texts.join('');
}

/** Of words that only begin commands, those are told that go on from there. */
function incomplete(program: Node, args: readonly string[]): Misuse {
  const [node] = nearestNode(program, args);
  if (node === program) return new Misuse(`say what; "${NAME} --help" tells what there is`);
  const shown = node.createHelp().visibleCommands(node);
  const next = shown.map((one) => one.name()).sort();
  const words = callText(node).replace(/ COMMAND$/, '');
  return new Misuse(`say what: ${words} ${next.join(' | ')}\n"${words} --help" tells more`);
}

/** How far a command line that cannot be understood leads: the node, and the word that does not follow there. */
function nearestNode(program: Node, args: readonly string[]): readonly [node: Node, word: string] {
  let node = program;
  for (let n = 0; n < args.length; n++) {
    const arg = args[n] ?? '';
    const option = program.options.find(({ long, short }) => arg === long || arg === short);
    if (option?.required === true) n++;
    if (arg.startsWith('-')) continue;
    const next = node.commands.find((one) => one.name() === arg);
    if (!next) return [node, arg];
    node = next;
  }
  return [node, ''];
}

/** The only word that goes on like this, where there is one. */
function onlyOne(node: Node, begin: string): string | undefined {
  const names = node.commands.map((one) => one.name()).filter((name) => begin !== '' && name.startsWith(begin));
  return names.length === 1 ? names[0] : undefined;
}

/** What commander says, in our words, and how it would be right. */
function misuse({ message, code }: CommanderError, program: Node, args: readonly string[]): Misuse {
  const text = message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?');
  const [node, word] = nearestNode(program, args);
  const words = callText(node)
    .slice(0, -node.usage().trim().length || undefined)
    .trimEnd();
  const hint = `"${words} --help" tells more`;
  if (code === 'commander.unknownCommand') {
    const meant = text.includes('did you mean') ? undefined : onlyOne(node, word);
    const more = meant === undefined ? '' : `; did you mean ${meant}?`;
    return new Misuse(`${text.replace('unknown', 'no such')}${more}\n${hint}`);
  }
  return new Misuse(`${text}\nusage: ${callText(node)}\n${hint}`);
}
