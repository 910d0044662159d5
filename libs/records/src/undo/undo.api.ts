import type { Extension } from '#api';
import { shape, shaped, staticAction, text } from '#api';
import { UndoRequest } from './undo-request.commands.ts';

const undoneShape = shape.record({
  request: shape.text('Its id.'),
  objects: shape.list(
    shape.record({
      model: shape.text(),
      id: shape.text(),
      outcome: shape.text('`removed`, `created` or `changed`.'),
    }),
  ),
});

/** Requests can be undone. */
export const undoExtension: Extension = {
  model: 'Records/Request',
  actions: {
    undo: staticAction({
      doc: 'Puts everything a request has changed back to what it was before, all of it or nothing.',
      parameters: { id: text(undefined, { required: true, doc: 'As the header Contractor-Request told it.' }) },
      returns: shaped(undoneShape),
      permission: { grant: 'Records.can_undo' },
      command: ({ id }) => new UndoRequest(id),
    }),
  },
};
