import { defineSettings, directory, integer, setting } from '#runtime/settings';

/** A million bytes. */
export const MB = 1_000_000;

/** Where images of operating systems are kept, and how many. */
export const imagesSettings = defineSettings('images', {
  /** Undefined: `images` in the data directory. */
  images: setting('CONTRACTOR_IMAGES', directory(), {
    unset: '`images` in `CONTRACTOR_DATA`',
    doc: 'folder with the images of operating systems; servers on one database share it',
  }),
  imageSize: setting('CONTRACTOR_IMAGE_SIZE', integer(1, 1_000_000), {
    default: '20000',
    doc: 'how large one image may be, in MB',
  }),
  imagesTotal: setting('CONTRACTOR_IMAGES_TOTAL', integer(1, 100_000_000), {
    default: '200000',
    doc: 'how large all images may be together, in MB',
  }),
});
