import { AsyncLocalStorage } from 'node:async_hooks';
import type { CommandContext } from './command-context.ts';
import type { CommandResult } from './command-result.ts';
import type { NamedCommand } from './named-command.ts';

/** What takes the place of the log, and of the read models of now, for code that runs within a preview. */
export interface PreviewScope {
  /** Decides a command on what the preview has decided so far; nothing is appended. */
  readonly execute: <R>(command: NamedCommand<R>, context: CommandContext) => Promise<CommandResult<R>>;
  /** The read models as they would be with what was decided so far. */
  readonly view: object;
  /** What is deleted, and how, as it would have to be closed before. */
  readonly deletes: (command: NamedCommand<unknown>, context: CommandContext) => void;
  /** A rule says that somebody else has to approve of it. */
  readonly demandsApproval: () => void;
  /** Set when it is over: what was begun in it and goes on runs as if it had never been in one. */
  readonly ended: boolean;
}

const scopes = new AsyncLocalStorage<PreviewScope>();
let running = 0;

/** The preview that the code which asks runs in; undefined: none, what it does counts. It costs nothing where none runs. */
export function previewScope(): PreviewScope | undefined {
  if (running === 0) return undefined;
  const scope = scopes.getStore();
  return scope?.ended === true ? undefined : scope;
}

/** Runs a task so that whatever commands it sends, and read models it reads, are those of a preview. */
export async function runInPreview<T>(scope: PreviewScope, task: () => Promise<T>): Promise<T> {
  running += 1;
  try {
    return await scopes.run(scope, task);
  } finally {
    running -= 1;
    // While nothing looks for a scope, nothing has to carry one along either.
    if (running === 0) scopes.disable();
  }
}
