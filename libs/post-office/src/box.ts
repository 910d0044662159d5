import type { CommandOf, EventOf, Json, JsonMap } from '#kernel';
import { entity } from '#kernel';

/** What boxes are for. */
export type BoxKind = 'Foundation' | 'Structure';

/** Who is told when jobs of one foundation or structure end, as clients of the first Contractor know it. */
export interface Box {
  readonly kind: BoxKind;
  /** Id of the foundation or structure. */
  target: string;
  url: string;
  proxy: string | null;
  type: 'post' | 'call';
  /** Whether it goes with the first delivery. */
  oneShot: boolean;
  /** Sent along with every delivery; what is secret in it is a reference. */
  extraData: JsonMap;
  /** ISO 8601; null: when it has been used. */
  expires: string | null;
}

export const box = entity<Box>()({
  noun: 'Box',
  category: 'box',
  restored: false,
  idField: 'id',
  changes: {
    BoxKindChosen: 'kind',
    BoxChanged: ['target', 'url', 'proxy', 'type', 'oneShot', 'extraData'],
    BoxExpiryChosen: 'expires',
  },
});

export type BoxCommand = CommandOf<typeof box>;
export type BoxEvent = EventOf<typeof box>;

/** What boxes are sent besides: texts and numbers and whatever else JSON has. */
export type ExtraData = Readonly<Record<string, Json>>;
