import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { inWords } from '../../model/labels.ts';
import { StateLabel } from '../../model/state-label.tsx';
import { exactTime } from '../../model/times.ts';
import type { Trail } from './job-trail.ts';
import { MAX_TRAIL } from './job-trail.ts';

const ROW = 36;

/** The events of a job, the newest first. */
export function EventList({ trail }: { readonly trail: Trail }) {
  const { events, isCut } = trail;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      {isCut && <p className="ct-small">These are the last {MAX_TRAIL.toLocaleString()} events.</p>}
      <div className="ct-scroll ct-scroll-half" ref={scroller} tabIndex={0} role="region" aria-label="Events">
        <Table
          variant="compact"
          isStickyHeader
          gridBreakPoint=""
          aria-rowcount={events.length + 1}
          className="ct-events"
        >
          <Thead>
            <Tr>
              <Th>At</Th>
              <Th>Event</Th>
              <Th>State</Th>
              <Th>Line</Th>
              <Th>Percent</Th>
              <Th>Message</Th>
              <Th>Position</Th>
            </Tr>
          </Thead>
          <Tbody>
            {above > 0 && <tr aria-hidden="true" style={{ height: above }} />}
            {items.map(({ index, key }) => {
              const event = events[events.length - 1 - index];
              if (!event) return null;
              const { position, at, event: type, state, line, percent, message } = event;
              return (
                <Tr key={key} aria-rowindex={index + 2} className="ct-row">
                  <Td modifier="nowrap">{exactTime(at)}</Td>
                  <Td modifier="nowrap">{inWords((type ?? '').replace(/^Job/, ''))}</Td>
                  <Td>
                    <StateLabel state={state} />
                  </Td>
                  <Td>{line ?? '–'}</Td>
                  <Td modifier="nowrap">{Math.round(percent)} %</Td>
                  <Td modifier="truncate" title={message}>
                    {message}
                  </Td>
                  <Td>{position}</Td>
                </Tr>
              );
            })}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
          </Tbody>
        </Table>
      </div>
    </>
  );
}
