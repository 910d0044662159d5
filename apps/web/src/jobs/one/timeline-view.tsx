import { useClock } from '../clock.ts';
import { durationText } from '../durations.ts';
import type { Course } from './course.ts';
import type { TrailEvent } from './job-trail.ts';
import { colorOfTask } from './task-states.ts';
import { timelineOf } from './timeline.ts';

interface TimelineViewProps {
  readonly course: Course;
  readonly events: readonly TrailEvent[];
}

/** The marks below a timeline, in percent. */
const MARKS = [0, 25, 50, 75, 100];

/** The life of a job as lines over time: its states, and each task with its attempts. */
export function TimelineView({ course, events }: TimelineViewProps) {
  const { rows, took } = timelineOf(course, events, useClock());
  return (
    <div className="ct-scroll-x">
      <table className="ct-timeline">
        <caption className="pf-v6-screen-reader">What the job was at, and for how long</caption>
        <tbody>
          {rows.map(({ key, label, bars, took: ms }) => (
            <tr key={key}>
              <th scope="row" title={label}>
                {label}
              </th>
              <td>
                <div className="ct-track">
                  {bars.map(({ kind, left, width, took: its, title }, at) => (
                    <span
                      key={`${at} ${kind}`}
                      className={`ct-bar ct-bar-${colorOfTask(kind)}`}
                      style={{ left: `${left}%`, width: `${width}%` }}
                      title={`${title}, ${durationText(its)}`}
                    >
                      <span className="pf-v6-screen-reader">
                        {title}, {durationText(its)}
                      </span>
                    </span>
                  ))}
                </div>
              </td>
              <td className="ct-took">{durationText(ms)}</td>
            </tr>
          ))}
          <tr aria-hidden="true">
            <th />
            <td>
              <div className="ct-marks">
                {MARKS.map((mark) => (
                  <span key={mark} style={{ left: `${mark}%` }}>
                    {durationText((took * mark) / 100)}
                  </span>
                ))}
              </div>
            </td>
            <td />
          </tr>
        </tbody>
      </table>
    </div>
  );
}
