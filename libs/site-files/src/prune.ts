import type { Catalogue, DeletionRegistry, Model } from '#api';
import { may, permissionFor } from '#api';
import type { CommandContext } from '#event-store';
import type { Caller, UnitOfWork } from '#kernel';
import { pauseBetweenSlices, refuse } from '#kernel';
import type { Key, Recorded, View } from '#read-store';
import { decidedEvents } from '#read-store';
import type { AppliedObject } from './applied-object.ts';
import type { Definition } from './definition.ts';
import { idOf } from './definition.ts';
import type { KindName } from './object-kinds.ts';
import { KIND_NAMES, OBJECT_KINDS } from './object-kinds.ts';
import type { Existing, SiteContents } from './site-contents.ts';

/** How many objects one file may delete. */
export const MAX_PRUNED = 1000;

/** Kinds that are never deleted because a file does not have them: they belong to more than its sites. */
const SHARED: readonly KindName[] = ['plot', 'zone', 'entry', 'site'];

/** What the objects of a kind belong to, where that is no site. */
const OWNERS: Partial<Readonly<Record<KindName, readonly KindName[]>>> = {
  reserved: ['block'],
  dynamic: ['block'],
  link: ['network'],
  interface: ['foundation'],
  logical: ['structure'],
  address: ['structure', 'host'],
};

/** What is at the sites of some files and not in the files. */
export interface Pruned {
  /** To be deleted, in this order. */
  readonly objects: readonly Existing[];
  /** Not in the files either, and built. */
  readonly kept: readonly Existing[];
}

/** What files leave out of their sites, but for what is built and all that belongs to it. */
export function prunedBy(definitions: readonly Definition[], contents: SiteContents): Pruned {
  const defined = new Set(definitions.map(idOf));
  const sites = new Set(definitions.filter(({ kind }) => kind === 'site').map(({ site }) => site));
  const there = [...contents.objects].filter(({ site, kind }) => sites.has(site) && !SHARED.includes(kind));
  const left = there.filter((one) => !defined.has(idOf(one)));
  const built = new Set(there.filter(isBuilt).map(idOf));
  const kept = left.filter(isBuilt);
  const gone = new Set(left.map(idOf));
  const goesWith = ({ kind, of }: Existing): boolean =>
    (OWNERS[kind] ?? []).some((owner) => [built, gone].some((some) => some.has(idOf({ kind: owner, name: of }))));
  const objects = left
    // What belongs to another object goes with it, and stays where that is built.
    .filter((one) => !isBuilt(one) && !goesWith(one))
    .toSorted((one, other) => KIND_NAMES.indexOf(other.kind) - KIND_NAMES.indexOf(one.kind));
  return { objects, kept };
}

const isBuilt = ({ kind, fields }: Existing): boolean =>
  ['foundation', 'structure', 'dependency'].includes(kind) && fields['state'] === 'built';

/** What deleting takes. */
export interface Pruning {
  readonly catalogue: Catalogue;
  readonly deletions: DeletionRegistry;
  readonly caller: Caller;
  readonly context: CommandContext;
  /** What would be there after some events. */
  fork(events: readonly Recorded[]): View;
}

/** Deletes what files leave out, in a unit of work; faults are noted there. @returns what became of it */
export async function prune(work: UnitOfWork, pruned: Pruned, pruning: Pruning): Promise<AppliedObject[]> {
  const { deletions, caller, context, fork, catalogue } = pruning;
  const { objects, kept } = pruned;
  if (objects.length > MAX_PRUNED) {
    throw refuse('prune', 'TOO_MANY', `${objects.length} objects to delete; at most ${MAX_PRUNED} at once`);
  }
  const by = { at: context.now, actor: context.metadata.actor };
  const pause = pauseBetweenSlices();
  for (const one of objects) {
    const handler = deletions.of(deletionOf(one, catalogue));
    const permission = permissionFor(one.model, 'delete');
    const faults = await work.faultsOf(async () => {
      if (!may(caller, permission)) {
        const grant = typeof permission === 'object' ? permission.grant : permission;
        return work.fault('', 'FORBIDDEN', `deleting it takes the permission ${grant}`);
      }
      await handler.closeWithin(work, one.key, context);
      await handler.removeWithin(work, one.key, fork(decidedEvents(work, by)));
    });
    for (const { code, text } of faults) {
      work.fault('prune', code, `${OBJECT_KINDS[one.kind].called} ${one.name}, which no file has: ${text}`);
    }
    await pause();
  }
  return [...objects.map((one) => outcome(one, 'removed')), ...kept.map((one) => outcome(one, 'kept'))];
}

const outcome = ({ kind, name }: Existing, what: AppliedObject['outcome']): AppliedObject => ({
  kind: OBJECT_KINDS[kind].called,
  name,
  file: '',
  line: 0,
  outcome: what,
  changes: {},
});

/** The command that deletes an object. */
export function deletionOf({ key, model }: { readonly key: Key; readonly model: Model }, catalogue: Catalogue) {
  const deletion = (catalogue.model(model.path) ?? model).deletion;
  if (!deletion) throw new Error(`${model.path} is not deleted`);
  return deletion.command([key]);
}
