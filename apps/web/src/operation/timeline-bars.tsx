import type { TimelineEvent } from './timeline.ts';
import { histogram } from './timeline.ts';

const BINS = 60;
const HEIGHT = 48;
const WIDTH = 600;
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

interface TimelineBarsProps {
  readonly events: readonly TimelineEvent[];
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** How much happened when, and how much of it has failed, as bars. */
export function TimelineBars({ events, from, to }: TimelineBarsProps) {
  const bins = histogram(events, { from, to, bins: BINS });
  const most = Math.max(1, ...bins.map(({ total }) => total));
  const width = WIDTH / BINS;
  const high = (n: number): number => (HEIGHT * n) / most;
  const failed = bins.reduce((sum, bin) => sum + bin.failed, 0);
  return (
    <figure className="ct-figure">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="ct-bars"
        role="img"
        aria-label={`${events.length} events, of which ${failed} failed`}
      >
        {bins.map(({ at, total, failed: bad }, n) => (
          <g key={at}>
            <title>{`${SHORT.format(at)}: ${total}`}</title>
            <rect x={n * width} y={0} width={width} height={HEIGHT} className="ct-bars-none" />
            <rect
              x={n * width + 1}
              y={HEIGHT - high(total)}
              width={width - 2}
              height={high(total)}
              className="ct-bars-all"
            />
            <rect
              x={n * width + 1}
              y={HEIGHT - high(bad)}
              width={width - 2}
              height={high(bad)}
              className="ct-bars-bad"
            />
          </g>
        ))}
      </svg>
      <figcaption className="ct-line ct-line-ends ct-small">
        <span>{SHORT.format(from)}</span>
        <span className="ct-small">{SHORT.format(to)}</span>
      </figcaption>
    </figure>
  );
}
