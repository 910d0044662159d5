import { Alert, Button, EmptyState, EmptyStateBody, SearchInput, Skeleton } from '@patternfly/react-core';
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useSearchParams } from 'react-router';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';
import { ProblemView } from '../app/problem-view.tsx';
import { ReferenceLink } from '../model/reference-link.tsx';
import { TimeText } from '../model/time-text.tsx';
import type { ExplainedName, Explained, Step } from './explained.ts';
import { filterNames, layerModel, originOf } from './explained.ts';
import type { TabProps } from './tab.ts';

const LookDialog = lazy(async () => ({ default: (await import('../change/look-dialog.tsx')).LookDialog }));

/** The configuration of an object as it comes together: each value with which layer gave it, by which event, and who. */
export function ConfigurationTab({ model, id }: TabProps) {
  const [search] = useSearchParams();
  const at = search.get('at') ?? undefined;
  const [text, setText] = useState('');
  const [full, setFull] = useState(false);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.about(model.path, id, 'explain', at),
    queryFn: ({ signal }) =>
      call<Explained>(
        pathOf(model.actions['explain']?.of ?? model.path, id, 'explain'),
        {},
        { signal, ...(at === undefined ? {} : { query: { at } }) },
      ),
  });
  if (isPending) return <Skeleton screenreaderText="Loading" height="8rem" />;
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  const names = filterNames(data.names, text);
  const getConfig = model.actions['getConfig'];
  return (
    <>
      {data.faults.map((fault) => (
        <Alert key={JSON.stringify(fault)} isInline variant="warning" title={fault.text ?? JSON.stringify(fault)} />
      ))}
      <div className="ct-title ct-toolbar ct-narrow-search">
        <SearchInput
          data-filter
          aria-label="Filter names and values"
          placeholder="Filter names and values"
          value={text}
          onChange={(_, value) => setText(value)}
          onClear={() => setText('')}
        />
        {getConfig && (
          <Button variant="secondary" onClick={() => setFull(true)}>
            Full Config
          </Button>
        )}
      </div>
      {data.names.length === 0 ? (
        <EmptyState headingLevel="h2" variant="sm" titleText="No configuration values">
          <EmptyStateBody>
            Values of its sites and blueprints are handed down to it, and its own come last.
          </EmptyStateBody>
        </EmptyState>
      ) : (
        <Table variant="compact" aria-label="Configuration" className="ct-fixed">
          <Thead>
            <Tr>
              <Th screenReaderText="How it came about" className="ct-toggle-cell" />
              <Th width={20}>Name</Th>
              <Th width={30}>Value</Th>
              <Th width={15}>From</Th>
              <Th width={10}>Who</Th>
              <Th width={15}>When</Th>
            </Tr>
          </Thead>
          {names.map((name, index) => (
            <Name key={name.name} name={name} index={index} />
          ))}
        </Table>
      )}
      <Suspense fallback={null}>
        {full && getConfig && (
          <LookDialog model={model.path} id={id} name="getConfig" action={getConfig} onClose={() => setFull(false)} />
        )}
      </Suspense>
    </>
  );
}

const inShort = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function Name({ name: explained, index }: { readonly name: ExplainedName; readonly index: number }) {
  const [open, setOpen] = useState(false);
  const { name, value, rendered, steps } = explained;
  const last = steps.at(-1)?.source;
  return (
    <Tbody isExpanded={open}>
      <Tr>
        <Td expand={{ rowIndex: index, isExpanded: open, onToggle: () => setOpen(!open), expandId: 'ct-explain' }} />
        <Td dataLabel="Name" className="ct-break">
          <code>{name}</code>
        </Td>
        <Td dataLabel="Value" className="ct-break">
          <code>{inShort(rendered ?? value ?? null)}</code>
        </Td>
        <Td dataLabel="From">{last && <Layer source={last} />}</Td>
        <Td dataLabel="Who">{last?.actor ?? '–'}</Td>
        <Td dataLabel="When">{last?.at === undefined ? '–' : <TimeText time={last.at} />}</Td>
      </Tr>
      {open && (
        <Tr isExpanded>
          <Td colSpan={6}>
            <ExpandableRowContent>
              <ol className="ct-steps">
                {steps.map((step) => (
                  <StepView key={`${originOf(step.source)} ${step.key}`} step={step} />
                ))}
                {rendered !== undefined && (
                  <li>
                    rendered from <code>{inShort(value)}</code>
                  </li>
                )}
              </ol>
            </ExpandableRowContent>
          </Td>
        </Tr>
      )}
    </Tbody>
  );
}

const StepView = ({ step: { source, key, operator, value, after } }: { readonly step: Step }) => (
  <li>
    <Layer source={source} /> says <code>{key}</code> = <code>{inShort(value ?? null)}</code>
    {operator !== 'set' && (
      <>
        {' '}
        ({operator}), which gives <code>{after === undefined ? 'nothing' : inShort(after)}</code>
      </>
    )}
    {source.actor !== undefined && (
      <span className="ct-small">
        {' '}
        by {source.actor}
        {source.at !== undefined && (
          <>
            , <TimeText time={source.at} />
          </>
        )}
        {source.position !== undefined && `, position ${source.position}`}
      </span>
    )}
  </li>
);

function Layer({ source }: { readonly source: Step['source'] }) {
  const model = layerModel(source.kind);
  return (
    <>
      {source.kind} {model === undefined ? String(source.id) : <ReferenceLink model={model} id={source.id} />}
    </>
  );
}
