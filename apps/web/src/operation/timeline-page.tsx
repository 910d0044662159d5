import './operation.css';
import { Alert, EmptyState, EmptyStateBody, Label, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import { Link } from 'react-router';
import { Page } from '../app/page.tsx';
import { useSite } from '../app/site.ts';
import { nounOf } from '../model/labels.ts';
import { findModel } from '../model/models.ts';
import { objectPath } from '../model/places.ts';
import { TimeText } from '../model/time-text.tsx';
import { Answered } from './answered.tsx';
import { countText } from './health.ts';
import { TimelineBars } from './timeline-bars.tsx';
import type { Range, TimelineEvent } from './timeline.ts';
import { beginOf, byDay, colorOfKind, gistOf, GROUPS, isRange, patternsOf, RANGES, verbOf } from './timeline.ts';
import { MAX_EVENTS, useTimeline } from './use-timeline.ts';

const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What has happened at a site, or everywhere: when, to what, by whom. */
export function TimelinePage() {
  const [site] = useSite();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('range');
  const range: Range = isRange(asked) ? asked : '24h';
  const groups = search.get('of')?.split(',').filter(Boolean) ?? [];
  const change = (name: 'range' | 'of', value: string): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const toggle = (group: string): void =>
    change('of', (groups.includes(group) ? groups.filter((one) => one !== group) : [...groups, group]).join(','));
  const from = beginOf(range, Date.now());
  const query = useTimeline({ from, site, kinds: patternsOf(groups) });
  return (
    <Page
      title="Timeline"
      about={
        site === undefined ? 'What has happened at all sites.' : `What has happened at ${site} and the sites within it.`
      }
    >
      <div className="ct-stack">
        <div className="ct-line">
          <ToggleGroup aria-label="How far back">
            {RANGES.map(([value, text]) => (
              <ToggleGroupItem
                key={value}
                text={text}
                buttonId={`range-${value}`}
                isSelected={value === range}
                onChange={() => change('range', value === '24h' ? '' : value)}
              />
            ))}
          </ToggleGroup>
          <ToggleGroup aria-label="Of what">
            {GROUPS.map(([group, text]) => (
              <ToggleGroupItem
                key={group}
                text={text}
                buttonId={`of-${group}`}
                isSelected={groups.includes(group)}
                onChange={() => toggle(group)}
              />
            ))}
          </ToggleGroup>
        </div>
        <Answered query={query}>
          {({ events, left, more }) => (
            <>
              {(left > 0 || more) && (
                <Alert
                  isInline
                  variant="info"
                  title={
                    more
                      ? 'More has happened than is read at once: choose a shorter time, a site, or fewer kinds'
                      : `The last ${MAX_EVENTS} of ${countText(events.length + left, 'event')} are shown`
                  }
                />
              )}
              <TimelineBars events={events} from={Date.parse(from)} to={Date.now()} />
              {events.length === 0 && (
                <EmptyState headingLevel="h2" variant="sm" titleText="Nothing has happened">
                  <EmptyStateBody>Not in this time, and not of what is chosen.</EmptyStateBody>
                </EmptyState>
              )}
              {byDay(events, (time) => DAY.format(new Date(time))).map(([day, its]) => (
                <section key={day} aria-label={day}>
                  <h2 className="ct-day">{day}</h2>
                  {its.map((event) => (
                    <EventLine key={event.id} event={event} />
                  ))}
                </section>
              ))}
            </>
          )}
        </Answered>
      </div>
    </Page>
  );
}

function EventLine({ event: { kind, at, actor, reason, object, data } }: { readonly event: TimelineEvent }) {
  const hasPage = findModel(object.model) !== undefined && !/\.(?:deleted|forgotten)$/.test(kind);
  return (
    <div className="ct-event">
      <time dateTime={at} title={at} className="ct-small">
        {CLOCK.format(new Date(at))}
      </time>
      <span>
        <span className="ct-small">{nounOf(object.model)} </span>
        {hasPage ? <Link to={objectPath(object.model, object.id)}>{String(object.id)}</Link> : String(object.id)}
      </span>
      <span>
        <Label isCompact color={colorOfKind(kind)}>
          {verbOf(kind)}
        </Label>{' '}
        {gistOf(data)} {reason !== null && <i>“{reason}”</i>}
      </span>
      <span className="ct-small">
        {actor} <TimeText time={at} />
      </span>
    </div>
  );
}
