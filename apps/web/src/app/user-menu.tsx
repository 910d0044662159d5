import { Dropdown, DropdownGroup, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { UserIcon } from '@patternfly/react-icons/dist/esm/icons/user-icon';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { signOut, useSession } from '../api/session.ts';
import type { Theme } from './theme.ts';
import { chooseTheme, useTheme } from './theme.ts';
import { tellError } from './toasts.tsx';
import { userMenuEntries } from './user-menu-entries.ts';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['system', 'As the system'],
];

/** Who is signed in, how the pages look, and the way out. */
export function UserMenu({ onHelp }: { readonly onHelp: () => void }) {
  const { user } = useSession();
  const theme = useTheme();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const out = (): void => {
    signOut()
      .then(() => navigate('/signin'))
      .catch((error: unknown) => tellError('Not signed out', error));
  };
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'right' }}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plainText" icon={<UserIcon />} isExpanded={open} onClick={() => setOpen(!open)}>
          <span className="ct-wide">{user ?? 'Nobody'}</span>
          <span className="pf-v6-screen-reader ct-narrow">{user ?? 'Nobody'}</span>
        </MenuToggle>
      )}
    >
      <DropdownGroup label="Theme">
        <DropdownList>
          {THEMES.map(([name, label]) => (
            <DropdownItem key={name} isSelected={theme === name} onClick={() => chooseTheme(name)}>
              {label}
            </DropdownItem>
          ))}
        </DropdownList>
      </DropdownGroup>
      <DropdownGroup>
        <DropdownList>
          {userMenuEntries.map(({ label, path }) => (
            <DropdownItem key={path} onClick={() => void navigate(path)}>
              {label}
            </DropdownItem>
          ))}
          <DropdownItem onClick={onHelp}>Keyboard shortcuts</DropdownItem>
          {user !== null && <DropdownItem onClick={out}>Sign out</DropdownItem>}
          {user === null && <DropdownItem onClick={() => void navigate('/signin')}>Sign in</DropdownItem>}
        </DropdownList>
      </DropdownGroup>
    </Dropdown>
  );
}
