import './operation.css';
import { Alert, Button, Card, CardBody, CardTitle, ProgressStep, ProgressStepper } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { Page } from '../app/page.tsx';
import { useSite } from '../app/site.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import { valueText } from '../model/value-text.ts';
import type { Dashboard } from './dashboard.ts';
import type { StepId } from './first-steps.ts';
import { doneSteps, nextStep, STEPS } from './first-steps.ts';
import { MachineStep } from './machine-step.tsx';
import { NetworkStep, ResourceStep, SiteStep } from './place-steps.tsx';
import { useAnswer } from './use-answer.ts';
import { WatchStep } from './watch-step.tsx';

/** How often it is looked at how far one is, in milliseconds. */
const EVERY_MS = 2000;

/** From an empty server to the first machine that is built: what is left is asked for, one step after the other. */
export function FirstStepsPage() {
  const client = useQueryClient();
  const [selected] = useSite();
  const sites = useWholeList('Site/Site');
  const site = selected ?? valueText(sites.rows[0]?.['name']);
  const links = useWholeList('Utilities/NetworkAddressBlock');
  const blueprints = useWholeList('BluePrint/StructureBluePrint');
  const { data: found } = useAnswer<Dashboard>('Records/Dashboard', 'show', {}, { every: EVERY_MS });
  const had = {
    sites: sites.total,
    networks: links.total,
    blueprints: blueprints.total,
    structures: found?.structures?.total,
    built: found?.structures?.states['built'] ?? (found ? 0 : undefined),
  };
  const isKnown = Object.values(had).every((one) => one !== undefined);
  const done = doneSteps(had);
  const [chosen, setChosen] = useState<StepId>();
  const current = chosen ?? (isKnown ? nextStep(had) : undefined);
  const onDone = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['list'] });
    setChosen(undefined);
  };
  const variant = (id: StepId): 'success' | 'info' | 'pending' =>
    done[id] ? 'success' : id === current ? 'info' : 'pending';
  return (
    <Page title="First steps" about="From an empty server to the first machine that is built.">
      <div className="ct-stack">
        <ProgressStepper aria-label="Steps" isCenterAligned>
          {STEPS.map(([id, title, text]) => (
            <ProgressStep
              key={id}
              id={`step-${id}`}
              titleId={`step-${id}-title`}
              variant={variant(id)}
              isCurrent={id === current}
              description={text}
              aria-label={`${title}: ${done[id] ? 'done' : 'left'}`}
            >
              {title}
            </ProgressStep>
          ))}
        </ProgressStepper>
        {current === undefined && isKnown && <Finished onMore={() => setChosen('machine')} />}
        {current !== undefined && (
          <Card isCompact>
            <CardTitle component="h2">{STEPS.find(([id]) => id === current)?.[1]}</CardTitle>
            <CardBody className="ct-stack">
              {current === 'site' && <SiteStep onDone={onDone} />}
              {current === 'network' && <NetworkStep site={site} onDone={onDone} />}
              {current === 'resources' && <ResourceStep onDone={onDone} />}
              {current === 'machine' && <MachineStep site={site} onDone={onDone} />}
              {current === 'watch' && <WatchStep site={site} />}
            </CardBody>
          </Card>
        )}
      </div>
    </Page>
  );
}

function Finished({ onMore }: { readonly onMore: () => void }) {
  return (
    <Alert
      isInline
      variant="success"
      title="The first machine is built"
      actionLinks={
        <>
          <Button variant="link" isInline component={(props: object) => <Link {...props} to="/structures" />}>
            Look at the structures
          </Button>
          <Button variant="link" isInline onClick={onMore}>
            Make another one
          </Button>
        </>
      }
    >
      <p>
        Go on with <Link to="/blueprints">blueprints</Link> of your own,{' '}
        <Link to="/operation/subcontractors">subcontractors</Link> at your sites, and{' '}
        <Link to="/timeline">what has happened</Link>.
      </p>
    </Alert>
  );
}
