import { parseArgs } from 'node:util';
import { BadSetting, BadSettings } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import type { Terminal } from './ask-secret.ts';
import { Prompt } from './ask-secret.ts';
import type { Command, Result } from './command.ts';
import { Misuse } from './command.ts';
import { dns } from './dns-commands.ts';
import { jobCommands } from './job-commands.ts';
import { nats } from './nats-commands.ts';
import { nouns } from './nouns/index.ts';
import { typedCommands } from './nouns/typed-commands.ts';
import { typedIn } from './nouns/typed-words.ts';
import { offline } from './offline-commands.ts';
import { groups, users } from './people-commands.ts';
import { ProgressLine } from './progress-line.ts';
import { readModels } from './read-model-commands.ts';
import { resources } from './resource-commands.ts';
import { Refused, RestClient } from './rest-client.ts';
import { serverAddress } from './server-address.ts';
import { services } from './service-commands.ts';
import { ownSession, sessions } from './session-commands.ts';
import { SessionFile } from './session-file.ts';
import { setup } from './setup-commands.ts';

/** Everything the command line can do, by the words that say so. */
const COMMANDS: Readonly<Record<string, Command>> = {
  ...ownSession,
  ...users,
  ...groups,
  ...services,
  ...nats,
  ...dns,
  ...sessions,
  ...nouns,
  ...jobCommands,
  ...resources,
  ...readModels,
  ...offline,
  ...setup,
};

/** How a command ended. */
export const EXIT = { done: 0, refused: 1, misuse: 2, noSession: 3 } as const;

/** What surrounds the command line: its arguments, environment and streams. */
export interface ProcessEnvironment extends Terminal {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly result: NodeJS.WritableStream;
}

const COMMON = {
  server: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Does what a command line asks for. @returns its exit code */
export async function commandLine({ args, environment, input, output, result }: ProcessEnvironment): Promise<number> {
  try {
    const [first = '', ...rest] = args;
    if (args.length === 1 && ['version', '--version', '-V'].includes(first)) {
      result.write(`contractor ${productVersion()}\n`);
      return EXIT.done;
    }
    if (['help', '--help', '-h'].includes(first)) {
      result.write(helpFor(rest));
      return EXIT.done;
    }
    if (args.length === 0) {
      output.write(helpFor([]));
      return EXIT.misuse;
    }
    const commands = { ...COMMANDS, ...(await ofType(args, environment)) };
    const found = commandIn(args, commands);
    if (!found) {
      // Of some words that are only the beginning of commands, those are told.
      if (args.length < 2 || !HELP.includes(args.at(-1) ?? '')) throw new Misuse('no such command');
      result.write(helpFor(args.slice(0, -1)));
      return EXIT.done;
    }
    const { words, command } = found;
    const { positionals: names, values: options } = taken(args.slice(words.split(' ').length), command);
    if (options['help']) {
      result.write(helpFor([words], commands));
      return EXIT.done;
    }
    const [least, most] = command.names;
    if (names.length < least || names.length > most) throw new Misuse(`usage: ${usageOf(words, command)}`);

    const server = serverAddress(options['server'], environment);
    const file = new SessionFile(environment);
    const session = await file.get(server);
    const came = await command.run(
      { names, options },
      {
        client: new RestClient(server, session),
        user: session?.user,
        asker: new Prompt({ input, output }),
        environment,
        progress: new ProgressLine(output),
        signal: new AbortController().signal,
        keep: (kept) => file.set(server, kept),
      },
    );
    result.write(written(came, options['json'] === true));
    return EXIT.done;
  } catch (error) {
    const [code, text] = failure(error);
    output.write(`contractor: ${text}\n`);
    return code;
  }
}

/** The commands of the type that a command line is about. */
async function ofType(args: readonly string[], environment: ProcessEnvironment['environment']) {
  const found = typedIn(args, Object.keys(COMMANDS), ['server']);
  if (!found) return {};
  const server = serverAddress(found.options['server'], environment);
  const client = new RestClient(server, await new SessionFile(environment).get(server));
  return typedCommands(client, found.typed, found.name);
}

/** The command the first words name. */
function commandIn(
  args: readonly string[],
  commands: Readonly<Record<string, Command>>,
): { words: string; command: Command } | undefined {
  for (const count of [4, 3, 2, 1]) {
    const words = args.slice(0, count).join(' ');
    const command = Object.hasOwn(commands, words) ? commands[words] : undefined;
    if (command) return { words, command };
  }
  return undefined;
}

function taken(args: readonly string[], { options = {} }: Command) {
  try {
    return parseArgs({ args: [...args], options: { ...options, ...COMMON }, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

const written = ({ json, text }: Result, asJson: boolean): string =>
  `${asJson ? JSON.stringify(json, null, 2) : text}\n`;

function failure(error: unknown): readonly [code: number, text: string] {
  const { message } = error as Error;
  if (error instanceof BadSetting || error instanceof BadSettings) return [EXIT.misuse, message];
  if (error instanceof Misuse) return [EXIT.misuse, `${message}; "contractor help" tells what there is`];
  if (error instanceof Refused && error.status === 401) return [EXIT.noSession, `${message} (contractor login)`];
  return [EXIT.refused, message];
}

const usageOf = (words: string, { usage }: Command): string => `contractor ${words} ${usage}`.trimEnd();

/** What asks for help about a command. */
const HELP: readonly string[] = ['--help', '-h'];

/** About all commands, or those whose words begin like this. @throws Misuse where there are none */
function helpFor(begin: readonly string[], commands = COMMANDS): string {
  const wanted = begin.join(' ');
  const all = Object.entries(commands).filter(([words]) => wanted === '' || `${words} `.startsWith(`${wanted} `));
  if (all.length === 0) throw new Misuse(`no such command: ${wanted}`);
  const told = all.map(([words, command]) => `  ${usageOf(words, command)}\n      ${command.does}`).join('\n');
  return `usage: contractor COMMAND [--server http://host:port] [--json]

${told}
${
  wanted === ''
    ? `  contractor help [COMMAND]
      tell about all commands, or some; COMMAND --help is the same
  contractor version
      tell the version
`
    : ''
}
The server is --server, or CONTRACTOR_URL, or where CONTRACTOR_HOST and CONTRACTOR_PORT have it listen
(http://127.0.0.1:8080); the environment stands above the settings file, which is the one CONTRACTOR_SETTINGS names, or
contractor.env in the working directory. Secrets are asked for on a terminal, or read from standard input, a line each.
Exit codes: 0 done, 1 refused or failed, 2 wrong use or a setting that cannot be used, 3 no session.
`;
}
