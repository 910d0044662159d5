import { EmptyState, EmptyStateBody, ExpandableSection } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { call } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { TimeText } from '../model/time-text.tsx';
import { AgainButtons } from './again-buttons.tsx';
import { Answered } from './answered.tsx';
import { countText } from './health.ts';
import { OperationPage } from './operation-page.tsx';
import { useAnswer } from './use-answer.ts';

interface DeadLetter {
  readonly id: number;
  readonly reaction: string;
  readonly type: string;
  readonly error: string;
  readonly tries: number;
  readonly at: string;
  readonly retrying: boolean;
  readonly position: number | null;
  readonly stream: string | null;
  readonly body?: string;
}

/** How often they are asked for, in milliseconds. */
const EVERY_MS = 5000;

/** Events and messages that could not be handled, to be tried again or taken off. */
export function DeadLettersPage() {
  const session = useSession();
  const query = useAnswer<{ readonly total: number; readonly letters: readonly DeadLetter[] }>(
    'Records/DeadLetter',
    'list',
    {},
    { every: EVERY_MS },
  );
  const may = mayUse(session, 'Records.can_dead_letter');
  const act = async (action: 'retry' | 'discard', id: number): Promise<void> => {
    await call(`/Records/DeadLetter/${action}`, { id });
    await query.refetch();
  };
  return (
    <OperationPage
      title="Dead letters"
      about="Events that a reaction could not handle after ten tries, and reports of subcontractors that nobody could take. Deliveries to webhooks that were given up are with the webhooks."
    >
      <Answered query={query}>
        {({ total, letters }) =>
          letters.length === 0 ? (
            <EmptyState headingLevel="h2" variant="sm" titleText="None">
              <EmptyStateBody>Everything that has happened was handled.</EmptyStateBody>
            </EmptyState>
          ) : (
            <>
              {total > letters.length && (
                <p className="ct-small">
                  The newest {letters.length} of {total.toLocaleString('en')}.
                </p>
              )}
              <Table variant="compact" aria-label="Dead letters" gridBreakPoint="grid-lg">
                <Thead>
                  <Tr>
                    {['Of', 'What', 'Why', 'Last tried'].map((label) => (
                      <Th key={label}>{label}</Th>
                    ))}
                    <Th screenReaderText="What to do" />
                  </Tr>
                </Thead>
                <Tbody>
                  {letters.map((letter) => (
                    <Tr key={letter.id}>
                      <Td dataLabel="Of">{letter.reaction}</Td>
                      <Td dataLabel="What" className="ct-wrap">
                        {letter.type}
                        {letter.position !== null && (
                          <div className="ct-small">
                            {letter.stream}, position {letter.position}
                          </div>
                        )}
                        {letter.body !== undefined && <Body text={letter.body} />}
                      </Td>
                      <Td dataLabel="Why" className="ct-wrap">
                        {letter.error}
                      </Td>
                      <Td dataLabel="Last tried">
                        <TimeText time={letter.at} />
                        <div className="ct-small">{countText(letter.tries, 'time')}</div>
                      </Td>
                      <Td isActionCell>
                        {may && (
                          <AgainButtons
                            what={`${letter.type} of ${letter.reaction}`}
                            isBusy={letter.retrying}
                            onAgain={() => act('retry', letter.id)}
                            onDiscard={() => act('discard', letter.id)}
                          />
                        )}
                      </Td>
                    </Tr>
                  ))}
                </Tbody>
              </Table>
            </>
          )
        }
      </Answered>
    </OperationPage>
  );
}

/** What a message said. */
function Body({ text }: { readonly text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <ExpandableSection
      toggleText={open ? 'Hide what it said' : 'What it said'}
      isExpanded={open}
      onToggle={(_, next) => setOpen(next)}
    >
      <pre className="ct-text" tabIndex={0}>
        {text}
      </pre>
    </ExpandableSection>
  );
}
