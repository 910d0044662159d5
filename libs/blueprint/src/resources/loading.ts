import type { SecretKeeping } from '#config';
import type { UnitOfWork } from '#kernel';
import type { LoadedObject, LoadMode, ResourceType } from './load-result.ts';
import type { ResourceFaults } from './resource-faults.ts';
import type { Placed, ResourceDefinition, ResourceFile } from './resource-file.ts';

/** What is loaded of some files. */
export interface Selection {
  readonly type: ResourceType;
  /** Only of this name, links aside; undefined: of every name. */
  readonly name: string | undefined;
  readonly mode: LoadMode;
}

/** What loading takes besides the files. */
export interface LoadContext {
  readonly secrets: SecretKeeping;
  /** Id of the request. */
  readonly request: string;
  /** The id for a new link of a script. */
  readonly nextId: () => Promise<number>;
}

/** Resource files on their way into the log. */
export interface Loading {
  readonly work: UnitOfWork;
  readonly files: readonly ResourceFile[];
  readonly selection: Selection;
  readonly context: LoadContext;
  readonly faults: ResourceFaults;
  /** What became of the things in the files so far. */
  readonly objects: LoadedObject[];
  readonly warnings: Placed[];
}

/** Whether a thing that is there, or is not, is to be loaded. */
export const isWanted = ({ mode }: Selection, exists: boolean): boolean =>
  mode === 'both' || (mode === 'update') === exists;

/**
 * Notes what became of a thing.
 * @param before whether it was there, or that it is skipped
 */
export function note(
  { objects }: Loading,
  { kind, name, file, lines }: ResourceDefinition,
  before: boolean | 'skipped',
  changes: LoadedObject['changes'] = {},
): void {
  const changed = Object.keys(changes).length > 0 ? 'changed' : 'unchanged';
  const outcome = typeof before === 'string' ? before : before ? changed : 'created';
  objects.push({ kind, name, file, line: lines.get('') ?? 0, outcome, changes });
}
