export { ImageFiles } from './image-files.ts';
export type { Announced, ImageFile } from './image-files.ts';
export { IMAGE_PATH, imageLayer } from './image-layer.ts';
export { images } from './images.ts';
export { ImagesModule } from './images.module.ts';
export { imagesSettings } from './images.settings.ts';
export { missingFile } from './verify-image.ts';
