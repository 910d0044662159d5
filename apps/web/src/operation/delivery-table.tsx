import { Button, Content, Label, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { call } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { TimeText } from '../model/time-text.tsx';
import { AgainButtons } from './again-buttons.tsx';
import { Answered } from './answered.tsx';
import { countText } from './health.ts';
import { useAnswer } from './use-answer.ts';

interface Delivery {
  readonly id: number;
  readonly subscription: string;
  readonly kind: string;
  readonly object: string;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly tries: number;
  readonly error: string | null;
  readonly made: string;
  readonly done: string | null;
  readonly next_try: string | null;
}

const STATES = [
  ['', 'All'],
  ['waiting', 'Waiting'],
  ['delivered', 'Delivered'],
  ['dead', 'Given up'],
] as const;
const COLORS = { waiting: 'blue', delivered: 'green', dead: 'red' } as const;

/** How many are told at a time, and how often they are asked for, in milliseconds. */
const PAGE = 50;
const EVERY_MS = 5000;

/** What was delivered, waits, and was given up. */
export function DeliveryTable() {
  const session = useSession();
  const [state, setState] = useState('');
  const [skip, setSkip] = useState(0);
  const query = useAnswer<{ readonly total: number; readonly deliveries: readonly Delivery[] }>(
    'PostOffice/Delivery',
    'list',
    { state, skip, count: PAGE },
    { every: EVERY_MS },
  );
  const may = mayUse(session, 'PostOffice.can_delivery');
  const act = async (action: 'retry' | 'discard', id: number): Promise<void> => {
    await call(`/PostOffice/Delivery/${action}`, { ids: [String(id)] });
    await query.refetch();
  };
  return (
    <section>
      <Content component="h2">Deliveries</Content>
      <ToggleGroup aria-label="Deliveries in which state">
        {STATES.map(([value, text]) => (
          <ToggleGroupItem
            key={value}
            text={text}
            buttonId={`deliveries-${value || 'all'}`}
            isSelected={state === value}
            onChange={() => {
              setState(value);
              setSkip(0);
            }}
          />
        ))}
      </ToggleGroup>
      <Answered query={query}>
        {({ total, deliveries }) => (
          <>
            {deliveries.length === 0 ? (
              <p className="ct-none ct-tab">None.</p>
            ) : (
              <Table variant="compact" aria-label="Deliveries" gridBreakPoint="grid-lg">
                <Thead>
                  <Tr>
                    {['To', 'Of', 'State', 'When', 'Error'].map((label) => (
                      <Th key={label}>{label}</Th>
                    ))}
                    <Th screenReaderText="What to do" />
                  </Tr>
                </Thead>
                <Tbody>
                  {deliveries.map((one) => (
                    <Tr key={one.id}>
                      <Td dataLabel="To">{one.subscription}</Td>
                      <Td dataLabel="Of" className="ct-wrap">
                        {one.kind}
                        <div className="ct-small">{one.object}</div>
                      </Td>
                      <Td dataLabel="State">
                        <Label isCompact color={COLORS[one.state]}>
                          {one.state === 'dead' ? 'given up' : one.state}
                        </Label>
                      </Td>
                      <Td dataLabel="When">
                        <TimeText time={one.done ?? one.made} />
                        <div className="ct-small">{one.tries > 0 && countText(one.tries, 'time')}</div>
                      </Td>
                      <Td dataLabel="Error" className="ct-wrap">
                        {one.error ?? '–'}
                        {one.next_try !== null && (
                          <div className="ct-small">
                            again <TimeText time={one.next_try} />
                          </div>
                        )}
                      </Td>
                      <Td isActionCell>
                        {may && one.state === 'dead' && (
                          <AgainButtons
                            what={`${one.kind} for ${one.subscription}`}
                            isBusy={false}
                            onAgain={() => act('retry', one.id)}
                            onDiscard={() => act('discard', one.id)}
                          />
                        )}
                      </Td>
                    </Tr>
                  ))}
                </Tbody>
              </Table>
            )}
            {total > PAGE && (
              <div className="ct-line ct-tab">
                <Button variant="secondary" isDisabled={skip === 0} onClick={() => setSkip(Math.max(0, skip - PAGE))}>
                  Newer
                </Button>
                <Button variant="secondary" isDisabled={skip + PAGE >= total} onClick={() => setSkip(skip + PAGE)}>
                  Older
                </Button>
                <span className="ct-small">
                  {skip + 1} to {Math.min(total, skip + PAGE)} of {total.toLocaleString('en')}
                </span>
              </div>
            )}
          </>
        )}
      </Answered>
    </section>
  );
}
