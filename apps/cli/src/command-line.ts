import { productVersion } from '#runtime/version';
import { Prompt } from './ask-secret.ts';
import type { Asked, Command, Result, Streams, Tools } from './command.ts';
import { Misuse, told, valueOf } from './command.ts';
import type { Commands } from './command-tree.ts';
import { COMMON_OPTIONS } from './common-options.ts';
import { bootCommands } from './boot-commands.ts';
import { completionCommands } from './completion-commands.ts';
import { readCommandLine } from './command-tree.ts';
import { ContextFile } from './context-file.ts';
import { contextCommands } from './context-commands.ts';
import { dataCommands } from './data-commands.ts';
import { dns } from './dns-commands.ts';
import { explainCommands } from './explain-commands.ts';
import { followJobs } from './follow-jobs.ts';
import { eventCommands } from './event-commands.ts';
import { historyCommands } from './history-commands.ts';
import { imageCommands } from './image-commands.ts';
import { jobCommands } from './job-commands.ts';
import { nats } from './nats-commands.ts';
import { nouns } from './nouns/index.ts';
import { typedCommands } from './nouns/typed-commands.ts';
import { typedIn } from './nouns/typed-words.ts';
import { offline } from './offline-commands.ts';
import { groups, users } from './people-commands.ts';
import { orPreview, previewCommands } from './preview-commands.ts';
import { ProgressLine } from './progress-line.ts';
import { provisionCommands } from './provision-commands.ts';
import { readModels } from './read-model-commands.ts';
import { resources } from './resource-commands.ts';
import type { Session } from './rest-client.ts';
import { Refused, RestClient } from './rest-client.ts';
import type { ServerChoice } from './server-choice.ts';
import { chooseServer } from './server-choice.ts';
import { searchCommands } from './search-commands.ts';
import { services } from './service-commands.ts';
import { imports } from './import-commands.ts';
import { siteFiles } from './site-file-commands.ts';
import { ownSession, sessions } from './session-commands.ts';
import { SessionFile } from './session-file.ts';
import { forceCommands } from './force-commands.ts';
import { platformCommands } from './platform-commands.ts';
import { scriptCommands } from './script-commands.ts';
import { setup } from './setup-commands.ts';
import { tokens } from './token-commands.ts';
import { undoCommands } from './undo-commands.ts';
import { webhooks } from './webhook-commands.ts';
import { zoneCommands } from './zone-commands.ts';
import { shellCommands } from './shell-command.ts';
import { versionText } from './version-text.ts';
import { intervalIn, watched } from './watch.ts';
import { whyCommands } from './why-commands.ts';

/** Commands of several files as one. @throws Error where two have the same words */
function together(...parts: readonly Commands[]): Commands {
  const all = parts.flatMap((part) => Object.entries(part));
  const twice = all.find(([words], n) => all.findIndex(([other]) => other === words) !== n);
  if (twice) throw new Error(`there are two commands "${twice[0]}"`);
  return Object.fromEntries(all);
}

/** Everything the command line can do, by the words that say so. */
const COMMANDS: Commands = {
  ...together(
    ownSession,
    contextCommands,
    users,
    groups,
    services,
    nats,
    dns,
    sessions,
    tokens,
    nouns,
    jobCommands,
    provisionCommands,
    whyCommands,
    explainCommands,
    historyCommands,
    eventCommands,
    previewCommands,
    searchCommands,
    undoCommands,
    resources,
    siteFiles,
    imports,
    readModels,
    dataCommands,
    offline,
    setup,
    platformCommands,
    forceCommands,
    scriptCommands,
    zoneCommands,
    bootCommands,
    imageCommands,
    webhooks,
  ),
  version: {
    usage: '',
    does: 'tell the version of this command',
    names: [0, 0],
    local: true,
    run: async () => told(versionText(), { version: productVersion() }),
  },
  ...completionCommands(() => COMMANDS),
  ...shellCommands(
    () => SHELL_COMMANDS,
    ({ environment, terminal }, common) =>
      (words, signal, asker) =>
        commandLine({ ...terminal, environment, args: [...common, ...words], signal, asker, commands: SHELL_COMMANDS }),
  ),
};

/** Those that make sense at a prompt. */
const { shell: _, complete: __, completion: ___, bash_completion: ____, ...SHELL_COMMANDS } = COMMANDS;

/** How a command ended. */
export const EXIT = { done: 0, refused: 1, misuse: 2, noSession: 3, interrupted: 130 } as const;

/** What surrounds the command line: its arguments, environment and streams. */
export interface ProcessEnvironment extends Streams {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts when the command is given up (Ctrl-C). */
  readonly signal: AbortSignal;
  /** Answers its questions; undefined: one that reads the input. */
  readonly asker?: Prompt | undefined;
  /** Those there are; undefined: all. */
  readonly commands?: Commands;
}

/** Does what a command line asks for. @returns its exit code */
export async function commandLine(surroundings: ProcessEnvironment): Promise<number> {
  const { args, output, result, commands: known = COMMANDS } = surroundings;
  try {
    if (args.length === 0) {
      const help = readCommandLine(known, ['help']);
      if (help.kind === 'text') output.write(help.text);
      return EXIT.misuse;
    }
    const request = readCommandLine({ ...known, ...(await commandsOfType(known, surroundings)) }, args);
    if (request.kind === 'text') {
      result.write(request.text);
      return EXIT.done;
    }
    const { command, asked } = request;
    return await carriedOut(command, asked, await toolsFor(command, asked, surroundings));
  } catch (error) {
    const [code, text] = failure(error, surroundings.signal);
    output.write(`contractor: ${text}\n`);
    return code;
  }
}

/** The common options that take a value. */
const VALUED = Object.entries(COMMON_OPTIONS).flatMap(([name, { type }]) => (type === 'string' ? [name] : []));

/** The commands of the type of foundations or complexes that a command line is about, as its server describes it. */
async function commandsOfType(known: Commands, surroundings: ProcessEnvironment): Promise<Commands> {
  const found = typedIn(surroundings.args, Object.keys(known), VALUED);
  if (!found) return {};
  const asked = { names: [], options: found.options };
  const { client } = await toolsFor({ local: false }, asked, surroundings);
  return typedCommands(client, found.typed, found.name);
}

/** Runs a command, as often as is asked, and shows what it comes to. @returns its exit code */
async function carriedOut(command: Command, asked: Asked, tools: Tools): Promise<number> {
  const { json: asJson, watch, wait } = asked.options;
  if (watch === true && !Object.hasOwn(command.options ?? {}, 'watch')) {
    const intervalMs = intervalIn(asked);
    await watched(() => command.run(asked, tools), tools, { intervalMs, asJson: asJson === true });
    return EXIT.done;
  }
  const previewed = asked.options['preview'] === true && tools.choice ? tools.client : undefined;
  const came = await orPreview(previewed, () => command.run(asked, tools));
  tools.terminal.result.write(written(came, asJson === true));
  const follows = command.makesJobs === true && wait === true;
  const { failed } = follows ? await followJobs(came.jobs ?? [], tools) : { failed: false };
  const isDone = follows && !failed && came.afterwards ? await came.afterwards() : !failed;
  if (isDone && came.failed !== true) return EXIT.done;
  return tools.signal.aborted ? EXIT.interrupted : EXIT.refused;
}

async function toolsFor(
  command: Pick<Command, 'local'>,
  asked: Asked,
  surroundings: ProcessEnvironment,
): Promise<Tools> {
  const { environment, input, output, result, signal } = surroundings;
  const terminal = { input, output, result };
  const common = {
    asker: surroundings.asker ?? new Prompt({ input, output }),
    environment,
    progress: new ProgressLine(output),
    signal,
    terminal,
  };
  const named = ['server', 'context', 'config'].some((name) => valueOf(asked, name) !== undefined);
  if (command.local === true || (command.local === 'without-server' && !named)) {
    return {
      ...common,
      choice: undefined,
      user: undefined,
      get client(): RestClient {
        throw new Error('this command speaks to no server');
      },
      keep: () => Promise.reject(new Error('this command keeps no session')),
    };
  }
  const [server, context, config] = ['server', 'context', 'config'].map((name) => valueOf(asked, name));
  const choice = await chooseServer({ server, context, config }, environment, new ContextFile(environment));
  if (choice.notice !== undefined) output.write(`contractor: ${choice.notice}\n`);
  const file = new SessionFile(environment);
  const kept = await file.get(choice.url);
  const session = choice.login === undefined || choice.login.username === kept?.user ? kept : undefined;
  const keep = (next: Session | undefined) => file.set(choice.url, next);
  const trace = (line: string) => output.write(`contractor: ${line}\n`);
  if (asked.options['debug'] === true) trace(`${choice.url}, by ${choice.by}, as ${session?.user ?? 'nobody'}`);
  const client = new RestClient(choice.url, {
    session,
    proxy: choice.proxy,
    caFile: choice.caFile,
    at: valueOf(asked, 'at'),
    preview: asked.options['preview'] === true,
    renew: renewalOf(choice, keep),
    signal,
    trace: asked.options['debug'] === true ? trace : undefined,
  });
  return { ...common, choice, user: session?.user, client, keep };
}

/** Opens sessions with the name and password that are configured, and keeps them; undefined: none are. */
function renewalOf({ login }: ServerChoice, keep: Tools['keep']) {
  if (!login) return undefined;
  return async (anybody: RestClient): Promise<Session> => {
    const session = { user: login.username, token: String(await anybody.call('Auth/User/login', login)) };
    await keep(session);
    return session;
  };
}

function written({ json, text, silent }: Result, asJson: boolean): string {
  if (silent === true) return '';
  if (asJson) return `${JSON.stringify(json, null, 2)}\n`;
  return text === '' ? '' : `${text}\n`;
}

/** Settings that cannot be used, also where a part of the server has found them: it brings its own class of them. */
const BAD_SETTINGS: readonly string[] = ['BadSetting', 'BadSettings'];

/** How a command ended that has failed, and why; what fails after Ctrl-C was given up. */
function failure(error: unknown, { aborted }: AbortSignal): readonly [code: number, text: string] {
  const { message, name } = error as Error;
  if (aborted) return [EXIT.interrupted, name === 'AbortError' ? 'given up' : message];
  if (error instanceof Misuse || BAD_SETTINGS.includes(name)) return [EXIT.misuse, message];
  if (error instanceof Refused && error.status === 401) return [EXIT.noSession, `${message} (contractor login)`];
  return [EXIT.refused, message];
}
