import { createInterface } from 'node:readline/promises';
import type { ReadStream } from 'node:tty';

/** Where secrets are read from, and where questions are written. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks for secrets: on a terminal without showing what is typed, otherwise a line of standard input for each. */
export class Prompt {
  readonly #terminal: Terminal;
  #lines: string[] | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** @throws Error where there is no more to read */
  async ask(question: string): Promise<string> {
    const { input, output } = this.#terminal;
    if (input.isTTY) {
      output.write(`${question}: `);
      try {
        return await typed(input);
      } finally {
        output.write('\n');
      }
    }
    const line = await this.line();
    if (line === undefined || line === '') throw new Error(`${question}: expected on standard input`);
    return line;
  }

  /** Asks a person for something that may be seen; what is there already counts where they, or nobody, say anything else. */
  async choose(question: string, preset: string): Promise<string> {
    const { input, output } = this.#terminal;
    if (!input.isTTY) return preset;
    const lines = createInterface({ input, output });
    try {
      return (await lines.question(`${question} [${preset}]: `)).trim() || preset;
    } finally {
      lines.close();
    }
  }

  /** All of standard input that was not read before. */
  async rest(): Promise<string> {
    const lines = this.#lines;
    this.#lines = [];
    return lines === undefined ? whole(this.#terminal.input) : lines.join('\n');
  }

  /** The next line of an input that is no terminal; undefined: there are no more. */
  async line(): Promise<string | undefined> {
    this.#lines ??= (await whole(this.#terminal.input)).split(/\r?\n/);
    return this.#lines.shift();
  }

  /** Asks for a new secret: twice where a person types it. @throws Error where the two are not the same */
  async askNew(question: string): Promise<string> {
    const secret = await this.ask(question);
    if (this.#terminal.input.isTTY && (await this.ask(`${question}, again`)) !== secret) {
      throw new Error('that was not the same twice');
    }
    return secret;
  }
}

async function whole(input: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of input.setEncoding('utf8')) text += String(chunk);
  return text;
}

/** Return, line feed, Ctrl-D. */
const ENTER: readonly string[] = ['\r', '\n', '\u0004'];
/** Ctrl-C. */
const INTERRUPT = '\u0003';
/** Backspace and delete. */
const ERASE: readonly string[] = ['\b', '\u007f'];

/** What is typed up to Enter. */
function typed(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (how: () => void) => {
      input.off('data', read);
      input.setRawMode(false);
      input.pause();
      how();
    };
    const read = (chunk: string | Buffer) => {
      for (const char of chunk.toString()) {
        if (char === INTERRUPT) return end(() => reject(new Error('given up')));
        if (ENTER.includes(char)) return end(() => resolve(text));
        text = ERASE.includes(char) ? text.slice(0, -1) : text + char;
      }
    };
    input.setRawMode(true);
    input.setEncoding('utf8');
    input.on('data', read);
    input.resume();
  });
}
