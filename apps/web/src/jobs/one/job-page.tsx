import '../jobs.css';
import { EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { Link, useParams, useSearchParams } from 'react-router';
import { Problem } from '../../api/problem.ts';
import { mayUse, useSession } from '../../api/session.ts';
import { Page } from '../../app/page.tsx';
import { PANEL, PanelTabs } from '../../app/panel-tabs.tsx';
import { ProblemView } from '../../app/problem-view.tsx';
import { modelAt } from '../../model/models.ts';
import { listPath } from '../../model/places.ts';
import { StateLabel } from '../../model/state-label.tsx';
import { useObject } from '../../object/use-object.ts';
import { ScriptView } from '../../script/script-view.tsx';
import { jobNow } from './course.ts';
import { EventList } from './event-list.tsx';
import { JobButtons } from './job-buttons.tsx';
import { JobSummary } from './job-summary.tsx';
import { OverBanner } from './over-banner.tsx';
import { StackView } from './stack-view.tsx';
import { statusStack } from './status-stack.ts';
import { TaskTable } from './task-table.tsx';
import { TimelineView } from './timeline-view.tsx';
import { useCourse } from './use-course.ts';
import { useJobTrail } from './use-job-trail.ts';
import { Variables } from './variables.tsx';
import { WhyList } from './why-list.tsx';

const TRAIL = [['Jobs', '/jobs']] as const;

/** The page of one job, live, and what was of it when it is over; its id is in the URL. */
export function JobPage({ model }: { readonly model: string }) {
  const { id = '' } = useParams();
  const { trail } = useJobTrail(id);
  const { data: course, error, refetch, dataUpdatedAt } = useCourse(id, trail.events.length);
  const title = `Job ${id}`;
  if (!course && error instanceof Problem && error.status === 404) return <NoJob id={id} />;
  if (!course) {
    return (
      <Page title={title} trail={TRAIL}>
        {error ? (
          <ProblemView error={error} retry={() => void refetch()} />
        ) : (
          <Skeleton screenreaderText="Loading" height="12rem" />
        )}
      </Page>
    );
  }
  const now = jobNow(course, dataUpdatedAt, trail);
  return (
    <Page
      title={`${title}: ${course.script_name} ${course.name}`}
      trail={TRAIL}
      beside={<StateLabel state={now.state} />}
      actions={
        now.isOver ? undefined : (
          <JobButtons
            id={course.id}
            model={modelOf(course.target.model, model)}
            now={now}
            onDone={() => void refetch()}
          />
        )
      }
    >
      <div className="ct-stack">
        {now.isOver && <OverBanner course={course} />}
        {now.conditions.length > 0 && <WhyList conditions={now.conditions} />}
        <JobSummary course={course} now={now} />
        <JobTabs course={course} now={now} trail={trail} />
      </div>
    </Page>
  );
}

/** The model of the jobs on a kind of target: what the address says of the kind may be another one. */
const modelOf = (target: string, otherwise: string): string => {
  const kind = target.split('/')[1];
  return kind === undefined ? otherwise : `Foreman/${kind}Job`;
};

type JobTabsProps = {
  readonly course: NonNullable<ReturnType<typeof useCourse>['data']>;
  readonly now: ReturnType<typeof jobNow>;
  readonly trail: ReturnType<typeof useJobTrail>['trail'];
};

const TABS = [
  { id: 'script', label: 'Script and tasks' },
  { id: 'timeline', label: 'Timeline' },
  { id: 'events', label: 'Events' },
  { id: 'variables', label: 'Variables' },
] as const;

function JobTabs({ course, now, trail }: JobTabsProps) {
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  const model = modelOf(course.target.model, 'Foreman/BaseJob');
  const shows = !now.isOver && mayUse(session, modelAt(model).actions['jobRunnerVariables']?.permission);
  const shown = TABS.filter(({ id }) => id !== 'variables' || shows);
  const wanted = search.get('tab');
  const tab = shown.find(({ id }) => id === wanted)?.id ?? 'script';
  return (
    <>
      <PanelTabs
        label="About this job"
        tabs={shown}
        chosen={tab}
        onChoose={(id) => setSearch(id === 'script' ? {} : { tab: id }, { replace: true })}
      />
      <div id={PANEL} role="tabpanel" aria-label={tab}>
        {tab === 'script' && <ScriptAndTasks course={course} now={now} model={model} />}
        {tab === 'timeline' && <TimelineView course={course} events={trail.events} />}
        {tab === 'events' && <EventList trail={trail} />}
        {tab === 'variables' && <Variables model={model} id={course.id} />}
      </div>
    </>
  );
}

function ScriptAndTasks({ course, now, model }: Omit<JobTabsProps, 'trail'> & { readonly model: string }) {
  const isStopped = now.state !== 'queued';
  return (
    <div className="ct-stack">
      {!now.isOver && now.state !== 'waiting' && <Levels model={model} id={course.id} />}
      {course.source === null ? (
        <p className="ct-small">The script is shown to those who may see scripts.</p>
      ) : course.source.trim() === '' ? (
        <p className="ct-small">There is nothing to run: the blueprint has no such script.</p>
      ) : (
        <ScriptView
          label="Script of the job"
          mode="tscript"
          text={course.source}
          at={now.line === null ? null : { line: now.line, isStopped }}
        />
      )}
      <TaskTable tasks={course.tasks} more={course.more} />
    </div>
  );
}

/** What the script is in the middle of, for those who may see jobs of this kind. */
function Levels({ model, id }: { readonly model: string; readonly id: number }) {
  const { data } = useObject(model, id);
  const levels = statusStack(data?.row['status']);
  return levels.length > 0 ? <StackView levels={levels} /> : null;
}

/** Says that there is no job of this id, and where what is left of jobs is. */
const NoJob = ({ id }: { readonly id: string }) => (
  <Page title={`Job ${id}`} trail={TRAIL}>
    <EmptyState headingLevel="h2" titleText={`There is no job ${id}`}>
      <EmptyStateBody>
        No job has had this number. Those under way are on the <Link to="/jobs">board</Link>, those that are over in the{' '}
        <Link to={listPath('Foreman/JobLog')}>job log</Link>.
      </EmptyStateBody>
    </EmptyState>
  </Page>
);
