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
  readonly path: string;
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
      {grouped(numbered, ({ option }) => option.group).map(({ label, items }) => (
        <div key={label} role="group" aria-labelledby={`${id} ${label}`}>
          <div id={`${id} ${label}`} role="presentation" className="ct-options-heading">
            {label}
          </div>
          {items.map(({ option, at }) => (
            <OptionLink
              key={option.path}
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

function OptionLink({ id, option: { label, reason, site, path }, active, onActive, onOpened }: OptionLinkProps) {
  const element = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <Link
      ref={element}
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      to={path}
      className="ct-option"
      onMouseMove={onActive}
      onClick={onOpened}
    >
      <span className="ct-option-label">{label}</span>
      {[reason, site].filter(Boolean).map((text) => (
        <Fragment key={text}>
          {' '}
          <span className="ct-option-reason">{text}</span>
        </Fragment>
      ))}
    </Link>
  );
}
