import { useMemo } from 'react';
import { mayUse, useSession } from '../api/session.ts';
import { navigation } from '../app/navigation.ts';
import { userMenuEntries } from '../app/user-menu-entries.ts';
import { allModels } from '../model/models.ts';
import type { Command } from './commands.ts';
import { commandsOf } from './commands.ts';

/** The commands of who is signed in. */
export function useCommands(): readonly Command[] {
  const session = useSession();
  return useMemo(
    () =>
      commandsOf({
        pages: navigation,
        others: userMenuEntries,
        models: allModels,
        may: (permission) => mayUse(session, permission),
      }),
    [session],
  );
}
