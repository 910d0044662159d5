import { Button, Checkbox, SearchInput } from '@patternfly/react-core';
import { useMemo, useState } from 'react';

interface NamePickerProps {
  /** What is chosen: `Permissions`. */
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Some of many names, which one can search. */
export function NamePicker({ label, names, chosen, onChange }: NamePickerProps) {
  const [words, setWords] = useState('');
  const found = useMemo(() => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    return names.filter((name) => wanted.every((word) => name.toLowerCase().includes(word)));
  }, [names, words]);
  const set = (some: readonly string[], on: boolean): void =>
    onChange(on ? [...new Set([...chosen, ...some])] : chosen.filter((name) => !some.includes(name)));
  return (
    <div role="group" aria-label={label}>
      <SearchInput
        aria-label={`Search ${label.toLowerCase()}`}
        placeholder={`Search ${names.length}`}
        value={words}
        onChange={(_, value) => setWords(value)}
        onClear={() => setWords('')}
      />
      <div className="ct-picker" tabIndex={0} role="region" aria-label={`${label}, to choose from`}>
        {found.map((name) => (
          <Checkbox
            key={name}
            id={`${label}-${name}`}
            label={name}
            isChecked={chosen.includes(name)}
            onChange={(_, on) => set([name], on)}
          />
        ))}
        {found.length === 0 && <p className="ct-none">None has these words in it.</p>}
      </div>
      <div className="ct-picked">
        <span className="ct-count">{chosen.length} chosen</span>
        <Button variant="link" isInline isDisabled={found.length === 0} onClick={() => set(found, true)}>
          Choose {found.length === names.length ? 'all' : `these ${found.length}`}
        </Button>
        <Button variant="link" isInline isDisabled={chosen.length === 0} onClick={() => onChange([])}>
          Choose none
        </Button>
      </div>
    </div>
  );
}
