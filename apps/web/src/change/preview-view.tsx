import { Alert, Content, Label } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { inWords, nounOf } from '../model/labels.ts';
import { familyOf } from '../model/models.ts';
import { objectPath } from '../model/places.ts';
import { exactTime } from '../model/times.ts';
import { valueText } from '../model/value-text.ts';
import type { ObjectChange, PreviewReport } from './preview-report.ts';
import { changedFields } from './preview-report.ts';

const COLORS = { created: 'green', changed: 'blue', deleted: 'red' } as const;

/** So many objects are told with all their fields; of more, one opens those one wants to see. */
const OPEN = 4;

/** Jobs, and what the log of jobs says of them. */
const isOfJobs = (model: string): boolean => model === 'Foreman/JobLog' || familyOf(model) === 'Foreman/BaseJob';

/** How many lines of each kind are drawn; the others are counted. */
const MAX_SHOWN = 50;

/** What requests would do: objects, configuration, names, jobs, and what would follow. */
export function PreviewView({ report }: { readonly report: PreviewReport }) {
  const { objects, documents, zones, jobs, follows, would_send: sent, cut } = report;
  if (report.events_total === 0) return <Alert isInline variant="info" title="Nothing would change" />;
  // Jobs are told by themselves, in a line each.
  const told = objects.filter(({ model, change }) => change !== 'created' || !isOfJobs(model));
  const configuration = documents.flatMap(({ name, values }) =>
    Object.entries(values).map(([key, change]) => ({ name, key, change })),
  );
  return (
    <div className="ct-preview">
      <Part
        title="Jobs that would begin"
        items={jobs}
        view={({ job, target, script }) => (
          <li key={job}>
            {script} of {target}
          </li>
        )}
      />
      <Part
        title="Objects"
        items={told}
        view={(one) => <ObjectView key={`${one.model} ${one.id}`} of={one} isOpen={told.length <= OPEN} />}
      />
      <Part
        title="Configuration of hosts"
        items={configuration}
        view={({ name, key, change }) => (
          <li key={`${name} ${key}`}>
            {name}: <code>{key}</code> <Difference before={change.before} after={change.after} />
          </li>
        )}
      />
      <Part
        title="DNS records"
        items={zones.flatMap(({ zone, added, removed }) => [
          ...removed.map((line) => ({ sign: '−', zone, line })),
          ...added.map((line) => ({ sign: '+', zone, line })),
        ])}
        view={({ sign, zone, line }) => (
          <li key={`${sign}${zone}${line}`} className={sign === '+' ? 'ct-added' : 'ct-removed'}>
            {sign} {zone}: <code>{line}</code>
          </li>
        )}
      />
      <Part
        title="Tasks that would be sent"
        items={sent.tasks}
        view={(task) => (
          <li key={task.job}>
            {task.module}.{task.function} of job {task.job}
          </li>
        )}
      />
      <Part
        title="Webhooks that would be told"
        items={sent.deliveries}
        view={(one) => <li key={valueText(one)}>{valueText(one)}</li>}
      />
      <Part
        title="What would follow"
        items={follows.events}
        view={({ stream, type }) => (
          <li key={`${stream} ${type}`}>
            {inWords(type)} ({stream})
          </li>
        )}
      />
      {cut.length > 0 && <p className="ct-small">There is more than is shown of: {cut.join(', ')}.</p>}
    </div>
  );
}

interface PartProps<T> {
  readonly title: string;
  readonly items: readonly T[];
  readonly view: (item: T) => ReactNode;
}

function Part<T>({ title, items, view }: PartProps<T>) {
  if (items.length === 0) return null;
  return (
    <section>
      <Content component="h3">{title}</Content>
      <ul className="ct-changes">{items.slice(0, MAX_SHOWN).map(view)}</ul>
      {items.length > MAX_SHOWN && <p className="ct-small">and {items.length - MAX_SHOWN} others</p>}
    </section>
  );
}

function ObjectView({ of, isOpen }: { readonly of: ObjectChange; readonly isOpen: boolean }) {
  const { model, id, change } = of;
  const fields = changedFields(of);
  const head = (
    <>
      <Label isCompact color={COLORS[change]}>
        {change}
      </Label>{' '}
      {nounOf(model)} {change === 'created' ? String(id) : <Link to={objectPath(model, id)}>{String(id)}</Link>}
    </>
  );
  if (fields.length === 0) return <li>{head}</li>;
  return (
    <li>
      <details open={isOpen}>
        <summary>{head}</summary>
        <ul>
          {fields.map(([name, { before, after }]) => (
            <li key={name}>
              {inWords(name)}{' '}
              {change === 'changed' ? (
                <Difference before={before} after={after} />
              ) : (
                <code>{valueText(after ?? before)}</code>
              )}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** A value in a line: times as people read them. */
function inLine(value: unknown): string {
  const text = valueText(value);
  return /^\d{4}-\d\d-\d\dT\d\d:/.test(text) ? exactTime(text) : text;
}

/** A value and what it would be instead; only one of both where there is nothing on the other side. */
export function Difference({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const [was, is] = [inLine(before), inLine(after)];
  return (
    <>
      {was !== '' && <del className="ct-removed">{was}</del>}
      {was !== '' && ' → '}
      {is === '' ? <span className="ct-none">nothing</span> : <ins className="ct-added">{is}</ins>}
    </>
  );
}
