import { defineModel, map, staticAction, text } from '#api';
import { UndoRequest } from './undo-request.commands.ts';

/** Requests, as the log tells of them. */
export const requestModel = defineModel({
  path: 'Records/Request',
  doc: 'What somebody has asked for: everything that was written for it in the log, under one id.',
  protocols: ['rest'],
  fields: {},
  actions: {
    undo: staticAction({
      doc: 'Puts everything a request has changed back to what it was before, all of it or nothing.',
      parameters: {
        id: text(undefined, {
          required: true,
          doc: 'Its id, as the header `Contractor-Request` of its answer has it.',
        }),
      },
      returns: map(),
      permission: { grant: 'Records.can_undo' },
      command: ({ id }) => new UndoRequest(id),
    }),
  },
});
