import { parseArgs } from 'node:util';

/** What the program is asked to do. */
export interface ProgramArguments {
  readonly command: 'foreground' | 'status' | 'stop' | 'help' | 'version';
  /** The configuration file. */
  readonly config: string | undefined;
  /** Where the process writes its number. */
  readonly pidFile: string | undefined;
  readonly logLevel: 'info' | 'debug' | undefined;
  /** Whether what is told is JSON. */
  readonly json: boolean;
}

/** Reads the arguments. @returns what is wrong with them, in words, where they cannot be read */
export function readProgramArguments(args: readonly string[]): ProgramArguments | { readonly fault: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
        config: { type: 'string', short: 'c' },
        pid: { type: 'string', short: 'p' },
        info: { type: 'boolean', short: 'i' },
        debug: { type: 'boolean', short: 'd' },
        user: { type: 'string', short: 'u' },
        json: { type: 'boolean' },
      },
    });
    const [asked = 'foreground', ...more] = positionals;
    if (values.user !== undefined) return { fault: '-u is not there: have systemd or the container set the user' };
    if (asked === 'background')
      return { fault: '"background" is not there: have systemd or a container run "foreground"' };
    if (more.length > 0) return { fault: `Unexpected argument '${more[0]}'` };
    if (asked !== 'foreground' && asked !== 'status' && asked !== 'stop') {
      return { fault: `Unexpected argument '${asked}'` };
    }
    return {
      command: values.help ? 'help' : values.version ? 'version' : asked,
      config: values.config,
      pidFile: values.pid,
      logLevel: values.debug ? 'debug' : values.info ? 'info' : undefined,
      json: values.json ?? false,
    };
  } catch (error) {
    return { fault: (error as Error).message.split('. ')[0] ?? '' };
  }
}
