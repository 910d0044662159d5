import { Fragment, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { grouped } from './found.ts';

/** Something a search leads to. */
export interface Option {
  /** The heading it stands under. */
  readonly group: string;
  readonly label: string;
  /** Why it is here, where that is not plain. */
  readonly reason: string;
  readonly site: string;
  /** Where it leads, or what it does. */
  readonly opens: string | (() => void);
}

interface OptionListProps {
  readonly id: string;
  readonly options: readonly Option[];
  /** The number of the one that Enter opens. */
  readonly active: number;
  readonly onActive: (at: number) => void;
  readonly onOpened: () => void;
}

/** The id of the element of an option, by its number. */
export const optionId = (list: string, at: number): string => `${list}-${at}`;

/** What a search leads to, under headings. */
export function OptionList({ id, options, active, onActive, onOpened }: OptionListProps) {
  const numbered = options.map((option, at) => ({ option, at }));
  return (
    <div id={id} role="listbox" aria-label="Results" className="ct-options">
      {grouped(numbered, ({ option }) => option.group).map(({ label, items }, group) => (
        <div key={label} role="group" aria-labelledby={`${id}-group-${group}`}>
          <div id={`${id}-group-${group}`} role="presentation" className="ct-options-heading">
            {label}
          </div>
          {items.map(({ option, at }) => (
            <OptionLink
              key={`${option.label} ${at}`}
              id={optionId(id, at)}
              option={option}
              active={at === active}
              onActive={() => onActive(at)}
              onOpened={onOpened}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionLinkProps {
  readonly id: string;
  readonly option: Option;
  readonly active: boolean;
  readonly onActive: () => void;
  readonly onOpened: () => void;
}

function OptionLink({ id, option: { label, reason, site, opens }, active, onActive, onOpened }: OptionLinkProps) {
  const element = useRef<HTMLAnchorElement & HTMLButtonElement>(null);
  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const option = {
    ref: element,
    id,
    role: 'option',
    'aria-selected': active,
    tabIndex: -1,
    className: 'ct-option',
    onMouseMove: onActive,
  };
  const text = (
    <>
      <span className="ct-option-label">{label}</span>
      {[reason, site].filter(Boolean).map((one) => (
        <Fragment key={one}>
          {' '}
          <span className="ct-option-reason">{one}</span>
        </Fragment>
      ))}
    </>
  );
  if (typeof opens === 'string') {
    return (
      <Link {...option} to={opens} onClick={onOpened}>
        {text}
      </Link>
    );
  }
  const act = (): void => {
    onOpened();
    opens();
  };
  return (
    <button {...option} type="button" onClick={act}>
      {text}
    </button>
  );
}
