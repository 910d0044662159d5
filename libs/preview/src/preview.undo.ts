import { undoRegister } from '#event-sourcing';
import { preview } from './preview.ts';

const VERDICT = { instead: 'a preview that was looked at can be discarded, and what is wanted previewed again' };

/** What was committed is undone in the streams it is in; that the preview is over stays so. */
export const previewUndo = undoRegister(preview, {
  events: {
    PreviewApproved: VERDICT,
    PreviewRejected: VERDICT,
    PreviewCommitBegun: [],
    PreviewCommitFailed: [],
    PreviewCommitted: [],
  },
  undo: async () => undefined,
});
