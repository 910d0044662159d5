import type { EventOf } from '#kernel';
import { entity } from '#kernel';

/** How the disk is written in the file: as it is, or compressed. */
export const IMAGE_FORMATS = ['raw', 'raw.gz', 'raw.zst'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** The disk of an installed operating system, in one version. */
export interface Image {
  name: string;
  version: string;
  format: ImageFormat;
  /** Bytes of the file; null: it lies elsewhere, and nobody has said. */
  size: number | null;
  /** Of the file as it is fetched, 64 hexadecimal digits in lower case. */
  sha256: string;
  /** Where it lies; null: this installation keeps it. */
  url: string | null;
  description: string;
}

export const image = entity<Image>()({
  noun: 'Image',
  category: 'image',
  changes: { ImageDescribed: 'description' },
});

export type ImageEvent = EventOf<typeof image>;

/** The id of a version of an image; neither of the two has a `~` in it. */
export const imageId = (name: string, version: string): string => `${name}~${version}`;
