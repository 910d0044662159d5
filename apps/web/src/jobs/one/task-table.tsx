import { Label } from '@patternfly/react-core';
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { TimeText } from '../../model/time-text.tsx';
import { MapView } from '../../model/value-view.tsx';
import { durationText } from '../durations.ts';
import type { Attempt, CourseTask } from './course.ts';
import { colorOfTask } from './task-states.ts';
import { Took } from './took.tsx';

interface TaskTableProps {
  readonly tasks: readonly CourseTask[];
  readonly more: boolean;
}

const None = () => <span className="ct-none">–</span>;

/** The tasks of a job, the last one first, each with its attempts. */
export function TaskTable({ tasks, more }: TaskTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (tasks.length === 0) return <p className="ct-small">No task was wanted yet: what it does, it does by itself.</p>;
  const toggle = (task: string): void => {
    const next = new Set(open);
    if (!next.delete(task)) next.add(task);
    setOpen(next);
  };
  return (
    <div className="ct-scroll-x">
      <Table variant="compact" aria-label="Tasks" isExpandable>
        <Thead>
          <Tr>
            <Th screenReaderText="Attempts" />
            <Th>Task</Th>
            <Th>State</Th>
            <Th>Agent</Th>
            <Th>Attempts</Th>
            <Th>Started</Th>
            <Th>Duration</Th>
            <Th>Deadline</Th>
            <Th>Message</Th>
          </Tr>
        </Thead>
        {tasks.toReversed().map((task, at) => {
          const {
            task: id,
            module,
            function: name,
            state,
            requested,
            ended,
            attempts,
            message,
            line,
            parameters,
          } = task;
          const last = attempts.at(-1);
          const isOpen = open.has(id);
          return (
            <Tbody key={id} isExpanded={isOpen}>
              <Tr>
                <Td
                  expand={{
                    rowIndex: at,
                    isExpanded: isOpen,
                    onToggle: () => toggle(id),
                    expandId: 'task',
                  }}
                />
                <Td dataLabel="Task" modifier="nowrap">
                  <code>
                    {module}.{name}
                  </code>
                  {line !== null && <span className="ct-small"> line {line}</span>}
                </Td>
                <Td dataLabel="State">
                  <Label isCompact color={colorOfTask(state)}>
                    {state}
                  </Label>
                </Td>
                <Td dataLabel="Agent">{last?.agent ?? <None />}</Td>
                <Td dataLabel="Attempts">{attempts.length}</Td>
                <Td dataLabel="Started" modifier="nowrap">
                  <TimeText time={requested} />
                </Td>
                <Td dataLabel="Duration" modifier="nowrap">
                  <Took from={requested} to={ended} />
                </Td>
                <Td dataLabel="Deadline" modifier="nowrap">
                  {last && last.ended === null ? <TimeText time={last.deadline} /> : <None />}
                </Td>
                <Td dataLabel="Message" modifier="breakWord">
                  {message || <None />}
                </Td>
              </Tr>
              <Tr isExpanded={isOpen}>
                <Td />
                <Td colSpan={8}>
                  {isOpen && (
                    <ExpandableRowContent>
                      <Attempts attempts={attempts} />
                      <p className="ct-small">Task {id}</p>
                      <MapView value={parameters} />
                    </ExpandableRowContent>
                  )}
                </Td>
              </Tr>
            </Tbody>
          );
        })}
      </Table>
      {more && <p className="ct-small">It had more tasks before these.</p>}
    </div>
  );
}

const Attempts = ({ attempts }: { readonly attempts: readonly Attempt[] }) => (
  <ol className="ct-list">
    {attempts.map(({ dispatched, ended, outcome, agent, transport, asked, message }) => (
      <li key={dispatched}>
        <Label isCompact color={colorOfTask(outcome)}>
          {outcome}
        </Label>{' '}
        {asked && 'asked what became of it '}
        {agent === null ? 'at an agent' : `at ${agent}`} {transport === 'poll' ? 'that polls' : 'over the wire'}, from{' '}
        <TimeText time={dispatched} />
        {ended !== null && `, for ${durationText(Date.parse(ended) - Date.parse(dispatched))}`}
        {message !== '' && <span className="ct-small">: {message}</span>}
      </li>
    ))}
  </ol>
);
