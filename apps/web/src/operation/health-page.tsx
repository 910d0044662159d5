import {
  Button,
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import type { ReactNode } from 'react';
import { mayUse, useSession } from '../api/session.ts';
import { inWords } from '../model/labels.ts';
import { TimeText } from '../model/time-text.tsx';
import { Answered } from './answered.tsx';
import { CheckDetails } from './check-details.tsx';
import type { Health } from './health.ts';
import { countText, useHealth } from './health.ts';
import { OperationPage } from './operation-page.tsx';
import { useAnswer } from './use-answer.ts';

/** The colours of what a part of the server says of itself. */
const COLORS: Readonly<Record<string, 'green' | 'orange' | 'red' | 'blue' | 'grey'>> = {
  ok: 'green',
  running: 'green',
  degraded: 'orange',
  retrying: 'orange',
  down: 'red',
  starting: 'blue',
};

const Status = ({ status }: { readonly status: string }) => (
  <Label isCompact color={COLORS[status] ?? 'grey'}>
    {status}
  </Label>
);

interface About {
  readonly version: string;
  readonly node: string;
  readonly installation: string;
  readonly started: string;
}

/** How the server is, part by part. */
export function HealthPage() {
  const query = useHealth();
  const session = useSession();
  const { data: about } = useAnswer<About>(
    'Records/Server',
    'about',
    {},
    {
      enabled: mayUse(session, 'Records.view_server'),
    },
  );
  return (
    <OperationPage
      title="Health"
      beside={query.data && <Status status={query.data.status} />}
      about="How the server that answers this page is, asked every five seconds."
      actions={
        <Button variant="secondary" component="a" href="/metrics">
          Metrics
        </Button>
      }
    >
      <Answered query={query}>
        {(health) => (
          <>
            <Summary health={health} about={about} />
            <Checks health={health} />
            <Listeners health={health} />
          </>
        )}
      </Answered>
    </OperationPage>
  );
}

function Summary({ health, about }: { readonly health: Health; readonly about: About | undefined }) {
  const lines: readonly (readonly [string, ReactNode])[] = [
    ...(about
      ? ([
          ['Version', about.version],
          ['Node.js', about.node],
          ['Installation', about.installation],
          ['Runs since', <TimeText key="since" time={about.started} />],
        ] as const)
      : []),
    ['Read models', health.lag === null ? 'the log does not answer' : `${countText(health.lag, 'position')} behind`],
    ['Keeps the read models', health.projecting ? 'this server' : 'another server'],
    ...Object.entries(health.adapters).map(([name, what]) => [inWords(name), what] as const),
  ];
  return (
    <DescriptionList isHorizontal isCompact columnModifier={{ lg: '2Col' }} className="ct-details">
      {lines.map(([term, value]) => (
        <DescriptionListGroup key={term}>
          <DescriptionListTerm>{term}</DescriptionListTerm>
          <DescriptionListDescription>{value}</DescriptionListDescription>
        </DescriptionListGroup>
      ))}
    </DescriptionList>
  );
}

function Checks({ health }: { readonly health: Health }) {
  return (
    <div className="ct-cards">
      {Object.entries(health.checks).map(([name, { status, reason, ...details }]) => (
        <Card key={name} isCompact>
          <CardTitle component="h2">
            {inWords(name)} <Status status={status} />
          </CardTitle>
          <CardBody className="ct-wrap">
            {reason !== undefined && <p>{reason}</p>}
            <CheckDetails details={details} />
          </CardBody>
        </Card>
      ))}
    </div>
  );
}

function Listeners({ health }: { readonly health: Health }) {
  return (
    <>
      <h2>What follows the log</h2>
      <Table variant="compact" aria-label="What follows the log" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            {['Name', 'Kind', 'Status', 'Since', 'Behind', 'Dead letters', 'Last error'].map((label) => (
              <Th key={label}>{label}</Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {Object.entries(health.reactions).map(([name, { kind, status, since, lag, deadLetters, lastError }]) => (
            <Tr key={name}>
              <Td dataLabel="Name">{name}</Td>
              <Td dataLabel="Kind">{kind}</Td>
              <Td dataLabel="Status">
                <Status status={status} />
              </Td>
              <Td dataLabel="Since">
                <TimeText time={since} />
              </Td>
              <Td dataLabel="Behind">{lag ?? '–'}</Td>
              <Td dataLabel="Dead letters">{deadLetters}</Td>
              <Td dataLabel="Last error">
                {lastError === null ? '–' : <>{lastError.text} </>}
                {lastError !== null && <TimeText time={lastError.at} />}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}
