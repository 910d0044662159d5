import type { EntityRow, View } from '#read-store';
import { entityRows } from '#read-store';
import type { Image } from './image.ts';
import { image, imageId } from './image.ts';

/** Versions of images by their id (`debian-12~2026.1`). */
export const images = entityRows(image, {
  name: 'images',
  version: 1,
  key: 'text',
  indexes: { name: ({ name }) => name, kept: ({ sha256, url }) => (url === null ? sha256 : null) },
});

/** The version of an image that was added last; undefined: there is none. */
export async function newestImage(view: View, name: string): Promise<EntityRow<Image> | undefined> {
  const { rows } = await view.list(images, { where: { name } });
  const inOrder = rows.map(({ row }) => row).toSorted((one, other) => (one.created < other.created ? -1 : 1));
  return inOrder.at(-1);
}

/** An image as configurations name it: `NAME`, or `NAME:VERSION`. */
export interface NamedImage {
  readonly name: string;
  readonly version: string | undefined;
}

/** Takes the value of `os_image` apart; undefined where it names none. */
export function readImageName(text: string): NamedImage | undefined {
  const [, name, version] = /^([^\s:~]+)(?::([^\s:~]+))?$/.exec(text.trim()) ?? [];
  return name === undefined ? undefined : { name, version };
}

/** The version of an image that a name leads to: the one that it names, or else the newest. */
export const namedImage = (view: View, { name, version }: NamedImage): Promise<EntityRow<Image> | undefined> =>
  version === undefined ? newestImage(view, name) : view.get(images, imageId(name, version));
