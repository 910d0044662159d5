import { parseArgs } from 'node:util';

/** What is asked for on the command line of a program that is set up by settings; `fault`: what cannot be read, in words. */
export type Asked = 'start' | 'demo' | 'help' | 'version' | { readonly fault: string };

/** Reads the arguments: there are none but those that ask for the demonstration, for help or for the version. */
export function readArguments(args: readonly string[]): Asked {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        demo: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
      },
    });
    return values.help ? 'help' : values.version ? 'version' : values.demo ? 'demo' : 'start';
  } catch (error) {
    return { fault: (error as Error).message.split('. ')[0] ?? '' };
  }
}
