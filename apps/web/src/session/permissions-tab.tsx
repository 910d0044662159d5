import {
  Alert,
  Button,
  Label,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  SearchInput,
} from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { textOf } from '../api/problem.ts';
import { pathOf, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { tell, tellError } from '../app/toasts.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { objectPath } from '../model/places.ts';
import type { Row } from '../model/types.ts';
import type { TabProps } from '../object/tab.ts';
import { NamePicker } from './name-picker.tsx';
import { usePermissions } from './use-permissions.ts';

const namesIn = (row: Row, field: string): readonly string[] => (row[field] ?? []) as readonly string[];

/** Gives and takes permissions of a user, group or service, from what it has by now. @throws Problem */
async function change(path: string, act: (has: readonly string[]) => readonly string[]): Promise<void> {
  const { body, etag } = await send<Row>('GET', path);
  await send('PATCH', path, {
    body: { permissions: act(namesIn(body, 'permissions')) },
    ...(etag === undefined ? {} : { headers: { 'If-Match': etag } }),
  });
}

/** What a user, a group or a service was granted; it is given and taken here. */
export function PermissionsTab({ model, id, row }: TabProps) {
  const session = useSession();
  const cache = useQueryClient();
  const [words, setWords] = useState('');
  const [granting, setGranting] = useState(false);
  const may = mayUse(session, model.can.change);
  const own = namesIn(row, 'permissions');
  const path = pathOf(model.path, id);
  const shown = own.filter((name) => name.toLowerCase().includes(words.toLowerCase()));
  const done = (title: string): Promise<void> => {
    tell({ variant: 'success', title });
    return cache.invalidateQueries();
  };
  const revoke = (name: string): void =>
    void change(path, (has) => has.filter((one) => one !== name))
      .then(() => done(`${name} is revoked`))
      .catch((error: unknown) => tellError('Not revoked', error));
  return (
    <>
      {row['superuser'] === true && (
        <Alert isInline variant="info" title="A superuser may do everything, whatever stands here." />
      )}
      <div className="ct-picked" data-filter>
        <SearchInput
          aria-label="Search permissions"
          placeholder={`Search ${own.length}`}
          value={words}
          onChange={(_, value) => setWords(value)}
          onClear={() => setWords('')}
        />
        {may && <Button onClick={() => setGranting(true)}>Grant</Button>}
      </div>
      <div className="ct-labels ct-part">
        {shown.map((name) => (
          <Label
            key={name}
            variant="outline"
            {...(may ? { onClose: () => revoke(name), closeBtnAriaLabel: `Revoke ${name}` } : {})}
          >
            {name}
          </Label>
        ))}
        {shown.length === 0 && (
          <span className="ct-none">
            {own.length === 0 ? 'None was granted: “Grant” gives the first ones.' : 'None has these words in it.'}
          </span>
        )}
      </div>
      {namesIn(row, 'groups').length > 0 && <OfGroups names={namesIn(row, 'groups')} />}
      {granting && (
        <GrantDialog
          name={String(id)}
          has={own}
          onGrant={(names) => change(path, (has) => [...new Set([...has, ...names])])}
          onDone={() => done(`Granted to ${id}`)}
          onClose={() => setGranting(false)}
        />
      )}
    </>
  );
}

/** What comes from the groups somebody is in. */
function OfGroups({ names }: { readonly names: readonly string[] }) {
  const session = useSession();
  const list = useWholeList('Auth/Group', {}, mayUse(session, 'Auth.view_group'));
  return (
    <section className="ct-part">
      <h3>From groups</h3>
      {names.map((name) => {
        const group = list.rows.find((row) => row['name'] === name);
        return (
          <p key={name} className="ct-labels">
            <Link to={`${objectPath('Auth/Group', name)}?tab=permissions`}>{name}</Link>
            {namesIn(group ?? {}, 'permissions').map((permission) => (
              <Label key={permission} isCompact variant="outline">
                {permission}
              </Label>
            ))}
          </p>
        );
      })}
    </section>
  );
}

interface GrantDialogProps {
  readonly name: string;
  readonly has: readonly string[];
  readonly onGrant: (names: readonly string[]) => Promise<void>;
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
}

function GrantDialog({ name, has, onGrant, onDone, onClose }: GrantDialogProps) {
  const session = useSession();
  const query = usePermissions(mayUse(session, 'Auth.view_account'));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  // Nobody gives more than their own.
  const mine = query.data ?? session.permissions;
  const names = mine.filter((one) => !has.includes(one) && mayUse(session, one));
  const grant = (): void => {
    setBusy(true);
    setError(undefined);
    onGrant(chosen)
      .then(() => {
        onClose();
        return onDone();
      })
      .catch((cause: unknown) => {
        setError(cause);
        setBusy(false);
      });
  };
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="grant-title">
      <ModalHeader
        title={`Grant to ${name}`}
        labelId="grant-title"
        description="It holds from the next request on. You can grant what you may do yourself."
      />
      <ModalBody>
        {error !== undefined && (
          <Alert isInline variant="danger" title="Not granted">
            {textOf(error)}
          </Alert>
        )}
        <NamePicker label="Permissions" names={names} chosen={chosen} onChange={setChosen} />
      </ModalBody>
      <ModalFooter>
        <Button isLoading={busy} isDisabled={busy || chosen.length === 0} onClick={grant}>
          Grant {chosen.length === 0 ? '' : chosen.length}
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
