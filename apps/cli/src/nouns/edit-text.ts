import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Tools } from '../command.ts';
import { Refused } from '../rest-client.ts';

/** How much an editor may hand back, in bytes. */
export const MAX_EDITED = 4 * 1024 * 1024;

/**
 * The editor that is asked for: `CONTRACTORCLI_EDITOR`, `EDITOR`, the one the system has chosen, or vi.
 * @throws Error where there is none
 */
export function editorOf(environment: Tools['environment']): string {
  const named = environment['CONTRACTORCLI_EDITOR'] ?? environment['EDITOR'];
  if (named) return named;
  const chosen = ['/etc/alternatives/editor', '/usr/bin/vi'].find((file) => existsSync(file));
  if (chosen !== undefined) return realpathSync(chosen);
  throw new Error('unable to detect or find an editor, set CONTRACTORCLI_EDITOR or EDITOR');
}

/** A text in a file of its own, which an editor changes. */
interface Draft {
  /** Has a person edit it. @returns what it is now */
  edit(): Promise<string>;
  /** Where it is kept. */
  readonly file: string;
  discard(): Promise<void>;
}

async function draftOf(text: string, name: string, environment: Tools['environment']): Promise<Draft> {
  const editor = editorOf(environment);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractorcli'));
  const file = path.join(directory, name);
  await writeFile(file, text, { mode: 0o600 });
  return {
    file,
    discard: () => rm(directory, { recursive: true }),
    edit: async () => {
      // As a shell would take it: an editor may come with options.
      const child = spawn(`${editor} "$CONTRACTOR_DRAFT"`, {
        shell: true,
        stdio: 'inherit',
        env: { ...environment, CONTRACTOR_DRAFT: file },
      });
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`${editor} ended with ${code}; nothing is changed`);
      const { size } = await stat(file);
      if (size > MAX_EDITED) throw new Error(`${file}: ${size} bytes, at most ${MAX_EDITED} are taken`);
      return readFile(file, 'utf8');
    },
  };
}

/** What becomes of an edited text: it is saved, or refused for what it says. */
const REFUSED = 422;

/**
 * Has a person edit a text until the server takes it, or the person gives up; a text that is not taken stays in its file.
 * @param save sends a text to the server
 * @returns whether anything was saved: not where the text is as before
 */
export async function editText(
  { text, name }: { readonly text: string; readonly name: string },
  save: (text: string) => Promise<void>,
  { environment, asker, progress }: Tools,
): Promise<boolean> {
  const draft = await draftOf(text, name, environment);
  for (;;) {
    const edited = await draft.edit();
    if (edited.trim() === text.trim()) {
      await draft.discard();
      return false;
    }
    try {
      await save(edited);
      await draft.discard();
      return true;
    } catch (error) {
      const kept = `${(error as Error).message}\nwhat was written is in ${draft.file}`;
      if (!(error instanceof Refused) || error.status !== REFUSED) throw new Error(kept, { cause: error });
      progress.show((error as Error).message);
      progress.end();
      const answer = await asker.choose('Return to the editor (y or n)', 'n');
      if (!/^y/i.test(answer)) throw new Error(kept, { cause: error });
    }
  }
}
