import { map, text } from '#api';
import type { JsonMap, UnitOfWork } from '#kernel';

/** What people have written on a structure or foundation, to find it by: text by key. */
export type Labels = Readonly<Record<string, string>>;

/** How many labels one object has, at most. */
export const MAX_LABELS = 32;
/** The longest value of a label, and the longest owner, in characters. */
export const MAX_LABEL_VALUE = 200;
export const MAX_OWNER = 100;

/** The label that names the service a structure is part of: one service at most. */
export const SERVICE = 'service';

/** Up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends. */
const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
/** A name, perhaps with a domain and a slash before it (`example.org/rack`), as Kubernetes has it. */
const KEY = new RegExp(`^(?:(?=[^/]{1,100}/)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/)?${NAME}$`);
const SERVICE_NAME = new RegExp(`^${NAME}$`);

export const isLabelKey = (key: string): boolean => KEY.test(key);
export const isServiceName = (name: string): boolean => SERVICE_NAME.test(name);

export const KEY_RULE =
  'must be up to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, perhaps after a domain and "/"';

/** Why a label is none; undefined: it is one. */
function faultOf(key: string, value: unknown): string | undefined {
  if (!isLabelKey(key)) return `"${key}" is no key of a label: it ${KEY_RULE}`;
  if (typeof value !== 'string') return `the value of "${key}" must be text`;
  if (Array.from(value).length > MAX_LABEL_VALUE) {
    return `the value of "${key}" must be at most ${MAX_LABEL_VALUE} characters long`;
  }
  if (/\p{Cc}/u.test(value)) return `the value of "${key}" must be without control characters`;
  if (key === SERVICE && !isServiceName(value)) {
    return `"${value}" is no service: the value of "${SERVICE}" is one name, of the letters a key is made of`;
  }
  return undefined;
}

/** Labels as they are kept, in the order of their keys; what is wrong with them is noted. */
export function labelsFrom(work: UnitOfWork, given: Readonly<JsonMap>): Labels {
  const entries = Object.entries(given);
  if (entries.length > MAX_LABELS) work.fault('labels', 'TOO_MANY', `there may be at most ${MAX_LABELS} labels`);
  for (const [key, value] of entries) {
    const fault = faultOf(key, value);
    if (fault !== undefined) work.fault('labels', 'LABEL', fault);
  }
  return Object.fromEntries(
    entries
      .map(([key, value]) => [key, typeof value === 'string' ? value : ''] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** An owner as it is kept: an empty one is none. */
export const ownerFrom = (owner: string | null): string | null => (owner === '' ? null : owner);

/** The labels and the owner of something new, as far as there are any. */
export function labelling(
  work: UnitOfWork,
  { labels, owner }: { readonly labels?: JsonMap | null | undefined; readonly owner?: string | null | undefined },
): { readonly labels?: Labels; readonly owner?: string } {
  const kept = labelsFrom(work, labels ?? {});
  const by = ownerFrom(owner ?? null);
  return { ...(Object.keys(kept).length > 0 ? { labels: kept } : {}), ...(by === null ? {} : { owner: by }) };
}

/** The fields of what has labels; CInP knows neither. */
export const labelFields = {
  labels: map({ default: {}, protocols: ['rest'], doc: 'What it is found by: text by key.' }),
  owner: text(MAX_OWNER, { protocols: ['rest'], doc: 'Who answers for it.' }),
};

interface Labelled {
  readonly labels?: Labels;
  readonly owner?: string | null;
}

/** What labels an object by its fields. */
export const presentLabels = ({ labels = {}, owner = null }: Labelled) => ({ labels, owner });

/** What rows are found by: that they have a label (`rack`), and what it says (`rack=r1`). */
export const labelTags = ({ labels = {} }: Labelled): readonly string[] =>
  Object.entries(labels).flatMap(([key, value]) => [key, `${key}=${value}`]);

/** The service that something is part of; null: none. */
export const serviceOf = ({ labels = {} }: Labelled): string | null => labels[SERVICE] ?? null;
