import { Link } from 'react-router';
import type { Column } from '../../list/column.ts';
import { objectPath } from '../../model/places.ts';
import { StateLabel } from '../../model/state-label.tsx';
import { TimeText } from '../../model/time-text.tsx';
import type { Row } from '../../model/types.ts';
import { kindOf } from '../job.ts';
import { ProgressBar } from '../progress-bar.tsx';
import { Remaining } from '../remaining.tsx';
import type { SeenJob } from './live-board.ts';
import { messageOf, WhyView } from './why.tsx';

/** A job of the board as a row of a list, and back: the table knows rows alone. */
export const asRow = (job: SeenJob): Row => job as unknown as Row;
const asJob = (row: Row): SeenJob => row as unknown as SeenJob;

const None = () => <span className="ct-none">–</span>;

/** The columns of the board. */
export const boardColumns: readonly Column[] = [
  {
    id: 'id',
    label: 'Id',
    width: 'narrow',
    value: (row) => asJob(row).id,
    view: (row) => <Link to={objectPath(asJob(row).model, asJob(row).id)}>{asJob(row).id}</Link>,
  },
  {
    id: 'script_name',
    label: 'Script',
    width: 'narrow',
    isFacet: true,
    value: (row) => asJob(row).script_name,
    view: (row) => asJob(row).script_name,
  },
  {
    id: 'kind',
    label: 'Kind',
    width: 'narrow',
    isFacet: true,
    value: (row) => kindOf(asJob(row)),
    view: (row) => kindOf(asJob(row)),
  },
  {
    id: 'name',
    label: 'Target',
    value: (row) => asJob(row).name,
    view: (row) => {
      const { target, name } = asJob(row);
      return <Link to={objectPath(target.model, target.id)}>{name}</Link>;
    },
  },
  {
    id: 'site',
    label: 'Site',
    width: 'narrow',
    isFacet: true,
    value: (row) => asJob(row).site,
    view: (row) => <Link to={objectPath('Site/Site', asJob(row).site)}>{asJob(row).site}</Link>,
  },
  {
    id: 'state',
    label: 'State',
    width: 'narrow',
    isFacet: true,
    value: (row) => asJob(row).state,
    view: (row) => <StateLabel state={asJob(row).state} />,
  },
  {
    id: 'percent',
    label: 'Progress',
    width: 'narrow',
    value: (row) => asJob(row).percent,
    view: (row) => {
      const { state, percent, name, remaining, seen } = asJob(row);
      if (state === 'waiting') return <None />;
      return (
        <span className="ct-far">
          <ProgressBar percent={percent} label={`Progress of ${name}`} />
          {state === 'queued' && <Remaining seconds={remaining} seen={seen} />}
        </span>
      );
    },
  },
  {
    id: 'remaining',
    label: 'Seconds left',
    width: 'narrow',
    value: (row) => asJob(row).remaining,
    view: (row) => asJob(row).remaining ?? <None />,
  },
  {
    id: 'message',
    label: 'Message',
    width: 'wide',
    value: (row) => messageOf(asJob(row)),
    view: (row) => <WhyView job={asJob(row)} />,
  },
  {
    id: 'agent',
    label: 'Agent',
    isFacet: true,
    value: (row) => asJob(row).task?.agent ?? null,
    view: (row) => asJob(row).task?.agent ?? <None />,
  },
  {
    id: 'creator',
    label: 'Creator',
    width: 'narrow',
    isFacet: true,
    value: (row) => asJob(row).creator,
    view: (row) => asJob(row).creator || <None />,
  },
  {
    id: 'created',
    label: 'Created',
    width: 'narrow',
    value: (row) => asJob(row).created,
    view: (row) => <TimeText time={asJob(row).created} />,
  },
  {
    id: 'updated',
    label: 'Updated',
    width: 'narrow',
    value: (row) => asJob(row).updated,
    view: (row) => <TimeText time={asJob(row).updated} />,
  },
];

/** Those that are shown unless somebody has chosen others. */
export const USUAL = ['id', 'script_name', 'name', 'state', 'percent', 'message', 'created', 'updated'];
