import { blueprints } from '#blueprint';
import { structures } from '#building';
import type { Pairs } from '#config';
import { readConfigName } from '#config';
import type { Key, ReadModel, View } from '#read-store';
import { sites } from '#site';
import { images, newestImage, readImageName } from './images.ts';

/** How many rows are looked at at a time. */
const PAGE = 1000;

/** The value of a configuration that says which image a machine gets. */
export const OS_IMAGE = 'os_image';

interface Configured {
  readonly configValues: Pairs;
}

const PLACES: readonly (readonly [called: string, rows: ReadModel<Configured>])[] = [
  ['Site', sites],
  ['BluePrint', blueprints],
  ['Structure', structures],
];

/** The names of images that values give to `os_image`, as they are written. */
const namedIn = ({ configValues }: Configured): readonly string[] =>
  configValues.flatMap(([key, value]) =>
    readConfigName(key)?.name === OS_IMAGE && typeof value === 'string' ? [value] : [],
  );

/**
 * Who names a version of an image as its `os_image`, in words: its version, or its name while it is the newest. What a
 * template comes to is not looked at.
 */
export async function imageUsers(view: View, key: Key): Promise<readonly string[]> {
  const row = await view.get(images, key);
  if (!row) return [];
  const newest = await newestImage(view, row.name);
  const isNewest = newest?.version === row.version;
  const isMeant = (text: string): boolean => {
    const named = readImageName(text);
    return named?.name === row.name && (named.version === row.version || (isNewest && named.version === undefined));
  };
  const users: string[] = [];
  for (const [called, rows] of PLACES) {
    for (let skip = 0; ; skip += PAGE) {
      const page = await view.list(rows, { skip, count: PAGE });
      for (const { key: user, row: found } of page.rows) {
        if (namedIn(found).some(isMeant)) users.push(`${called} ${user}`);
      }
      if (page.rows.length < PAGE) break;
    }
  }
  return users;
}
