import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { objectPath } from '../../model/places.ts';
import { TimeText } from '../../model/time-text.tsx';
import { ProgressBar } from '../progress-bar.tsx';
import { Remaining } from '../remaining.tsx';
import type { Course, JobNow } from './course.ts';
import { Took } from './took.tsx';

interface JobSummaryProps {
  readonly course: Course;
  readonly now: JobNow;
}

/** What a job is, and how far it has come. */
export function JobSummary({ course, now }: JobSummaryProps) {
  const { target, name, site, script_name: script, creator, created, started, ended } = course;
  return (
    <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', xl: '3Col' }} className="ct-details">
      <Item label={target.model.split('/')[1] ?? 'Target'}>
        <Link to={objectPath(target.model, target.id)}>{name}</Link>
      </Item>
      <Item label="Site">
        <Link to={objectPath('Site/Site', site)}>{site}</Link>
      </Item>
      <Item label="Script">{script}</Item>
      <Item label="Progress">
        <span className="ct-facts">
          <ProgressBar percent={now.percent} label="Progress of the job" />
          {now.state === 'queued' && <Remaining seconds={now.remaining} seen={now.seen} />}
          {now.slow && <span className="ct-late">its step takes much longer than it usually does</span>}
        </span>
      </Item>
      <Item label="Message">{now.message || <span className="ct-none">–</span>}</Item>
      <Item label="Creator">{creator}</Item>
      <Item label="Created">
        <TimeText time={created} />
      </Item>
      <Item label="Started">
        {started === null ? <span className="ct-none">not yet</span> : <TimeText time={started} />}
      </Item>
      <Item label={ended === null ? 'Takes' : 'Took'}>
        {started === null ? <span className="ct-none">–</span> : <Took from={started} to={ended} />}
      </Item>
    </DescriptionList>
  );
}

const Item = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <DescriptionListGroup>
    <DescriptionListTerm>{label}</DescriptionListTerm>
    <DescriptionListDescription>{children}</DescriptionListDescription>
  </DescriptionListGroup>
);
