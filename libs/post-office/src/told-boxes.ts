import type { LoggedEvent } from '#event-store';
import { jobLog } from '#foreman';
import type { Key, ReadStore } from '#read-store';
import type { BoxKind } from './box.ts';
import type { BoxRow } from './boxes.ts';
import { boxes, targetKey } from './boxes.ts';
import type { Post } from './post.ts';
import { categoryOf } from './public-event.ts';

/** By their categories: the events that posts are made of. */
const POSTED: Readonly<Record<string, string>> = {
  job: 'JobEnded',
  foundation: 'FoundationForced',
  structure: 'StructureForced',
};
export const POSTED_CATEGORIES = Object.keys(POSTED);

/** Whether boxes may be told of an event. */
export const isPosted = ({ stream, type }: { readonly stream: string; readonly type: string }): boolean =>
  POSTED[categoryOf(stream)] === type;

type Posted = Pick<LoggedEvent, 'stream' | 'id' | 'eventId' | 'position' | 'data'>;

/** What boxes are told of an event, and the boxes of what it is about; of an event of a job, what they are told at its end. */
export async function toldBoxes(
  event: Posted,
  reads: Pick<ReadStore, 'now' | 'at'>,
): Promise<
  { readonly post: Post; readonly boxes: readonly { readonly key: Key; readonly row: BoxRow }[] } | undefined
> {
  const post = await postOf(event, reads);
  if (!post) return undefined;
  const { rows } = await reads.now.list(boxes, { where: { target: targetKey(post.kind, post.target) } });
  return { post, boxes: rows };
}

/** What boxes are told of an event; undefined: nothing. */
async function postOf(event: Posted, { now, at }: Pick<ReadStore, 'now' | 'at'>): Promise<Post | undefined> {
  const { stream, id, eventId: about, position } = event;
  const category = categoryOf(stream);
  if (category === 'job') {
    const row = (await now.get(jobLog, Number(id))) ?? (await at(position).get(jobLog, Number(id)));
    const kind = row?.targetClass;
    if (!row || (kind !== 'Foundation' && kind !== 'Structure')) return undefined;
    return { kind, target: row.targetId, name: row.script.slice(0, 40), about };
  }
  const { state } = event.data as { readonly state: string };
  if (state === 'located') return undefined;
  const kind: BoxKind = category === 'foundation' ? 'Foundation' : 'Structure';
  return { kind, target: id, name: state === 'planned' ? 'destroy' : 'create', about };
}
