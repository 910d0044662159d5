/** A thin bar of how far something is, with the number beside it; it moves without an animation of its own. */
export const ProgressBar = ({ percent, label }: { readonly percent: number; readonly label: string }) => (
  <span className="ct-progress">
    <progress max={100} value={percent} aria-label={label} />
    <span className="ct-progress-text">{Math.round(percent)} %</span>
  </span>
);
