import type { UndoRule } from '#event-sourcing';
import { undoNoun } from '#event-sourcing';
import { image } from './image.ts';
import { images } from './images.ts';

/** How what a request did to images is undone; files that no image has had for a day are gone by then. */
export const imageUndo: UndoRule = undoNoun(image, { model: 'Image/Image', rows: images });
