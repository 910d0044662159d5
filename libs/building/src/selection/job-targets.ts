import type { JsonMap } from '#kernel';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import type { Selectable, Selection } from './selection.ts';
import { SELECTABLE_ROWS, whereOf } from './selection.ts';

const TEXTS = ['blueprint', 'site', 'state', 'owner', 'complex'] as const;
const KNOWN: readonly string[] = ['label', 'exact', ...TEXTS];

/** A selection as it is written down, with the ids of what it refers to. @throws Refusal naming what is wrong with it */
function selectionFrom(written: JsonMap): Selection {
  const wrong = (what: string) => refuse('selection', 'INVALID_VALUE', what);
  const unknown = Object.keys(written).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) throw wrong(`a selection has no ${unknown.join(', ')}: it has ${KNOWN.join(', ')}`);
  const text = (name: (typeof TEXTS)[number]): string | null => {
    const value = written[name] ?? null;
    if (value !== null && typeof value !== 'string') throw wrong(`${name} is a text`);
    return value;
  };
  const label = [written['label'] ?? []].flat();
  if (!label.every((one) => typeof one === 'string')) throw wrong('label is a list of texts');
  const exact = written['exact'] ?? false;
  if (typeof exact !== 'boolean') throw wrong('exact is true or false');
  return {
    label,
    exact,
    blueprint: text('blueprint'),
    site: text('site'),
    state: text('state'),
    owner: text('owner'),
    complex: text('complex'),
  };
}

/** The first of the objects that a selection selects, by their ids. */
export const selectTargets =
  (kind: Selectable) =>
  async (view: View, written: JsonMap, count: number): Promise<readonly string[]> =>
    (
      await view.keys(SELECTABLE_ROWS[kind], { where: await whereOf(kind, selectionFrom(written), view), count })
    ).keys.map(String);
