import { Modal, ModalBody, Spinner, TextInputGroup, TextInputGroupMain } from '@patternfly/react-core';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon';
import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { textOf } from '../api/problem.ts';
import type { Model } from '../model/types.ts';
import { matching } from './command-match.ts';
import { OptionList, optionId } from './option-list.tsx';
import { foundOption } from './found-option.ts';
import { useCommands } from './use-commands.ts';
import { useSearch } from './use-search.ts';
import './search.css';

const MAX_COMMANDS = 6;
const MAX_FOUND = 20;

interface SearchDialogProps {
  readonly onClose: () => void;
  /** An object of a model is to be made. */
  readonly onCreate: (model: Model) => void;
}

/** The search: objects by what is known of them, and commands. Everything is done with the keys. */
export function SearchDialog({ onClose, onCreate }: SearchDialogProps) {
  const navigate = useNavigate();
  const list = useId();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  // Enter came before the answer: the first of what is found is meant.
  const [hurried, setHurried] = useState(false);
  const { results, more, pending, error } = useSearch(typed, MAX_FOUND);
  const commands = matching(useCommands(), typed, MAX_COMMANDS);
  const everything = `/search?q=${encodeURIComponent(typed.trim())}`;
  const options = [
    ...results.map(foundOption),
    ...(more ? [{ group: 'More', label: 'All that is found', reason: '', site: '', opens: everything }] : []),
    ...commands.map((command) => ({
      group: 'Commands',
      label: command.label,
      reason: '',
      site: '',
      opens: 'path' in command ? command.path : () => onCreate(command.create),
    })),
  ];
  const chosen = options[Math.min(active, options.length - 1)]?.opens;
  const open = (opens: NonNullable<typeof chosen>): void => {
    onClose();
    if (typeof opens === 'string') void navigate(opens);
    else opens();
  };
  const first = hurried && !pending ? options[0]?.opens : undefined;
  useEffect(() => {
    if (first !== undefined) open(first);
  });

  const pressed = (event: KeyboardEvent): void => {
    const last = options.length - 1;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (pending) setHurried(true);
      else if (chosen !== undefined) open(chosen);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((active + step + last + 1) % Math.max(1, last + 1));
    }
  };
  const type = (value: string): void => {
    setTyped(value);
    setActive(0);
    setHurried(false);
  };

  return (
    <Modal
      isOpen
      variant="medium"
      position="top"
      onClose={onClose}
      aria-label="Search"
      className="ct-search"
      // Otherwise the button that closes it would take what is typed.
      elementToFocus=".ct-search input"
    >
      <ModalBody>
        <TextInputGroup>
          <TextInputGroupMain
            // The dialog was opened to type into it.
            autoFocus
            icon={<SearchIcon />}
            role="combobox"
            isExpanded={options.length > 0}
            aria-label="Search"
            aria-controls={list}
            {...(options.length > 0
              ? { 'aria-activedescendant': optionId(list, Math.min(active, options.length - 1)) }
              : {})}
            placeholder="Name, MAC, address, serial number, value or command"
            value={typed}
            onChange={(_, value) => type(value)}
            onKeyDown={pressed}
          />
          {pending && <Spinner size="md" aria-label="Searching" />}
        </TextInputGroup>
        {options.length > 0 && (
          <OptionList id={list} options={options} active={active} onActive={setActive} onOpened={onClose} />
        )}
        <p role="status" className="ct-small">
          {error ? textOf(error) : summary(typed, options.length, pending)}
        </p>
      </ModalBody>
    </Modal>
  );
}

function summary(typed: string, count: number, pending: boolean): string {
  if (pending) return 'Searching …';
  if (typed.trim() === '') return 'Type what you look for. ↑ and ↓ choose, Enter opens, Esc closes.';
  if (count === 0)
    return `Nothing is found for “${typed.trim()}”. Names are found from their beginning, values as a whole.`;
  return `${count} ${count === 1 ? 'result' : 'results'}`;
}
