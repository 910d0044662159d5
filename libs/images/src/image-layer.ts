import type { Layer, Served } from '#config';
import { overlay, readConfigName, renderTemplate, Unrenderable } from '#config';
import type { Json } from '#kernel';
import type { View } from '#read-store';
import { OS_IMAGE } from './image-users.ts';
import { namedImage, readImageName } from './images.ts';

/** The path below which a server gives out the files of images, by their SHA-256. */
export const IMAGE_PATH = '/images/';

/** Where machines fetch the file of an image that the installation keeps. */
const urlOf = ({ contractorUrl }: Served, sha256: string): string =>
  `${contractorUrl.replace(/\/+$/, '')}${IMAGE_PATH}${sha256}`;

/**
 * What a configuration says of the image that its `os_image` names: `_os_image`. Nothing where it names none; where there
 * is no such image, `version` is null and `fault` says why.
 */
export async function imageLayer(
  view: View,
  { layers, classes }: { readonly layers: readonly Layer[]; readonly classes: readonly string[] },
  served: Served,
): Promise<readonly Layer[]> {
  const isNamed = layers.some((layer) => layer.values?.some(([key]) => readConfigName(key)?.name === OS_IMAGE));
  if (!isNamed) return [];
  const { values, secretNames } = overlay(layers, classes);
  const given = values.get(OS_IMAGE);
  // A map says itself where an image lies: there is nothing to be looked up.
  if (given === undefined || given === null || given === '' || isMap(given)) return [];
  const about = await imageOf(view, given, (text) => renderTemplate(text, values, { secretNames }).text, served);
  return [{ source: { kind: 'Image', id: about.name }, attributes: [['_os_image', about]] }];
}

const isMap = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

type About = Readonly<Record<string, Json>> & { readonly name: string };

async function imageOf(view: View, given: Json, render: (text: string) => string, served: Served): Promise<About> {
  const none = (name: string, fault: string): About => ({ name, version: null, url: null, fault });
  if (typeof given !== 'string') return none('', 'os_image must be a text: NAME, or NAME:VERSION');
  let text = given;
  try {
    text = render(given);
  } catch (error) {
    if (!(error instanceof Unrenderable)) throw error;
    return none(given, error.message);
  }
  const named = readImageName(text);
  if (!named) return none(text, 'os_image must be NAME, or NAME:VERSION');
  const row = await namedImage(view, named);
  if (!row) {
    return none(named.name, named.version ? `there is no image ${text}` : `there is no image ${named.name}`);
  }
  const { name, version, format, size, sha256 } = row;
  return {
    name,
    version,
    chosen: named.version === undefined ? 'newest' : 'named',
    url: row.url ?? urlOf(served, sha256),
    sha256,
    size,
    format,
  };
}
