import { Alert } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { keys } from '../../api/query-keys.ts';
import { pathOf, send } from '../../api/request.ts';
import { mayUse, useSession } from '../../api/session.ts';
import { objectPath } from '../../model/places.ts';
import { TimeText } from '../../model/time-text.tsx';
import type { Row } from '../../model/types.ts';
import type { Course } from './course.ts';

const LOG = 'Foreman/JobLog';

/** Says how a job has ended, and leads to what the job log keeps of it. */
export function OverBanner({ course }: { readonly course: Course }) {
  const may = mayUse(useSession(), 'Foreman.view_joblog');
  const { data: log } = useQuery({
    queryKey: keys.object(LOG, course.id),
    queryFn: async ({ signal }) => (await send<Row>('GET', pathOf(LOG, course.id), { signal })).body,
    enabled: may,
    retry: false,
  });
  const cancelled = course.state === 'canceled';
  const by = log?.['canceled_by'];
  return (
    <Alert
      isInline
      variant={cancelled ? 'warning' : 'success'}
      title={
        cancelled
          ? `This job was cancelled${typeof by === 'string' ? ` by ${by}` : ''}.`
          : 'This job is done: its script has come to its end.'
      }
    >
      <span className="ct-facts">
        {course.ended !== null && <TimeText time={course.ended} />}
        {log !== undefined && <Link to={objectPath(LOG, course.id)}>Its entry in the job log</Link>}
        <Link to={objectPath(course.target.model, course.target.id)}>{course.name}</Link>
      </span>
      {typeof log?.['note'] === 'string' && <p>{log['note']}</p>}
    </Alert>
  );
}
