import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** What somebody else has said of a preview. */
export interface Verdict {
  readonly by: string;
  readonly reason: string;
  /** Digest of what was looked at: the events of the preview, and what they rest on. */
  readonly digest: string;
}

/** Where a preview stands, as far as the log tells: it is open until something is said of it. */
export interface PreviewState {
  readonly stage: 'open' | 'rejected' | 'committing' | 'committed' | 'failed';
  readonly approved?: Verdict;
  readonly rejected?: Verdict;
}

export type PreviewCommand =
  | Message<'ApprovePreview', Verdict>
  | Message<'RejectPreview', Verdict>
  | Message<'BeginPreviewCommit', object>
  | Message<'FailPreviewCommit', { readonly reason: string }>
  | Message<'CommitPreview', { readonly by: string; readonly digest: string }>;

export type PreviewEvent =
  | Message<'PreviewApproved', Verdict>
  | Message<'PreviewRejected', Verdict>
  | Message<'PreviewCommitBegun', object>
  | Message<'PreviewCommitFailed', { readonly reason: string }>
  | Message<'PreviewCommitted', { readonly by: string; readonly digest: string }>;

const over = ({ stage }: PreviewState) => refuse('', 'PREVIEW_OVER', `the preview is over: it is ${stage}`);

/** What was said of a preview, and that it was committed; the preview itself is in a ledger until it expires. */
export const preview: Decider<PreviewState, PreviewCommand, PreviewEvent> = {
  category: 'preview',
  initial: () => ({ stage: 'open' }),
  decide: {
    ApprovePreview: (data, state) => {
      if (state.stage !== 'open') return over(state);
      return state.approved ? [] : { type: 'PreviewApproved', data };
    },
    RejectPreview: (data, state) => {
      if (state.stage === 'rejected') return [];
      return state.stage === 'open' ? { type: 'PreviewRejected', data } : over(state);
    },
    BeginPreviewCommit: (_, state) => {
      if (state.stage === 'committing') return [];
      return state.stage === 'open' ? { type: 'PreviewCommitBegun', data: {} } : over(state);
    },
    FailPreviewCommit: (data, state) =>
      state.stage === 'committing' ? { type: 'PreviewCommitFailed', data } : over(state),
    CommitPreview: (data, state) =>
      state.stage === 'open' || state.stage === 'committing' ? { type: 'PreviewCommitted', data } : over(state),
  },
  evolve: {
    PreviewApproved: (data, state) => ({ ...state, approved: data }),
    PreviewRejected: (data, state) => ({ ...state, stage: 'rejected', rejected: data }),
    PreviewCommitBegun: (_, state) => ({ ...state, stage: 'committing' }),
    PreviewCommitFailed: (_, state) => ({ ...state, stage: 'failed' }),
    PreviewCommitted: (_, state) => ({ ...state, stage: 'committed' }),
  },
};
