/** How a list is looked at: it stands in the URL, so that it can be sent to others. */
export interface ListQuery {
  readonly text: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly sort: { readonly id: string; readonly desc: boolean } | undefined;
}

const SORT = 'sort';
const TEXT = 'q';
const VALUE = 'is.';

/** What stands in a URL: `?q=web&is.state=built&sort=-created`; of several lists on one page each has its own prefix. */
export function readListQuery(query: URLSearchParams, prefix = ''): ListQuery {
  const sort = query.get(prefix + SORT);
  const values: Record<string, string[]> = {};
  for (const [name, value] of query) {
    if (name.startsWith(prefix + VALUE)) (values[name.slice(prefix.length + VALUE.length)] ??= []).push(value);
  }
  return {
    text: query.get(prefix + TEXT) ?? '',
    values,
    sort: sort ? { id: sort.replace(/^-/, ''), desc: sort.startsWith('-') } : undefined,
  };
}

/** The query of a URL with this in it; all else that stands there stays. */
export function writeListQuery(
  query: URLSearchParams,
  { text, values, sort }: ListQuery,
  prefix = '',
): URLSearchParams {
  const written = new URLSearchParams(query);
  for (const name of new Set(query.keys())) {
    if (name === prefix + TEXT || name === prefix + SORT || name.startsWith(prefix + VALUE)) written.delete(name);
  }
  if (text !== '') written.set(prefix + TEXT, text);
  for (const [id, wanted] of Object.entries(values)) for (const one of wanted) written.append(prefix + VALUE + id, one);
  if (sort) written.set(prefix + SORT, `${sort.desc ? '-' : ''}${sort.id}`);
  return written;
}
