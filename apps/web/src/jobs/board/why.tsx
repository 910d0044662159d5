import { Link } from 'react-router';
import { findModel } from '../../model/models.ts';
import { objectPath } from '../../model/places.ts';
import type { BoardJob, Condition } from '../job.ts';

/** What a reason is about, beside the job itself, where there is a page for it. */
export const linksOf = ({ links }: Condition): Condition['links'] =>
  links.filter(({ model }) => model !== 'Foreman/BaseJob' && findModel(model)?.can.show !== undefined);

/** Why a job does not move, or what it is at, in one line. */
export function WhyView({ job }: { readonly job: BoardJob }) {
  const [first] = job.conditions;
  const text = messageOf(job);
  return (
    <>
      {job.slow && <span className="ct-late">slow: </span>}
      {text}
      {first &&
        linksOf(first).map(({ model, id }) => (
          <Link key={`${model} ${id}`} to={objectPath(model, id)} className="ct-about">
            {id}
          </Link>
        ))}
      {job.conditions.length > 1 && <span className="ct-small"> and {job.conditions.length - 1} more</span>}
    </>
  );
}

/** The same as text: the reasons, or the message, or the task. */
export function messageOf({ conditions, message, task }: BoardJob): string {
  const [first] = conditions;
  if (first) return first.text;
  if (message !== '') return message;
  return task ? `${task.module}.${task.function}` : '';
}
