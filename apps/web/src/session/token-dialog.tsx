import {
  Alert,
  Button,
  Checkbox,
  ClipboardCopy,
  ExpandableSection,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core';
import { useState } from 'react';
import { textOf } from '../api/problem.ts';
import { pathOf, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import { NamePicker } from './name-picker.tsx';

const DAY_MS = 24 * 3600 * 1000;
/** For how long tokens are made, in days. */
const DAYS = [7, 30, 90, 180, 366] as const;

interface TokenDialogProps {
  readonly onMade: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Makes a token, and shows it once. */
export function TokenDialog({ onMade, onClose }: TokenDialogProps) {
  const [value, setValue] = useState<string>();
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="token-title">
      <ModalHeader title={value === undefined ? 'New token' : 'The new token'} labelId="token-title" />
      {value === undefined ? (
        <TokenForm
          onMade={async (made) => {
            setValue(made);
            await onMade();
          }}
          onClose={onClose}
        />
      ) : (
        <TokenShown value={value} onClose={onClose} />
      )}
    </Modal>
  );
}

function TokenShown({ value, onClose }: { readonly value: string; readonly onClose: () => void }) {
  const { user } = useSession();
  return (
    <>
      <ModalBody>
        <Alert isInline variant="warning" title="It is shown only now">
          Copy it to where the program looks for it: nobody can see it again.
        </Alert>
        <p className="ct-provider">
          <ClipboardCopy isReadOnly isCode hoverTip="Copy" clickTip="Copied" textAriaLabel="Token">
            {value}
          </ClipboardCopy>
        </p>
        <p className="ct-small">
          Programs send it as <code>Authorization: Bearer {user}:…</code>
        </p>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Done</Button>
      </ModalFooter>
    </>
  );
}

interface TokenFormProps {
  readonly onMade: (value: string) => Promise<void>;
  readonly onClose: () => void;
}

function TokenForm({ onMade, onClose }: TokenFormProps) {
  const session = useSession();
  const [name, setName] = useState('');
  const [days, setDays] = useState(90);
  const [readOnly, setReadOnly] = useState(true);
  const [permissions, setPermissions] = useState<readonly string[]>([]);
  const [sites, setSites] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const list = useWholeList('Site/Site', {}, mayUse(session, 'Site.view_site'));
  const make = (): void => {
    const body = {
      name,
      permissions,
      read_only: readOnly,
      sites,
      expires: new Date(Date.now() + days * DAY_MS - 60_000).toISOString(),
    };
    setBusy(true);
    setError(undefined);
    send<{ readonly value: string }>('POST', pathOf('Auth/Token'), { body })
      .then(({ body: made }) => onMade(made.value))
      .catch((cause: unknown) => {
        setError(cause);
        setBusy(false);
      });
  };
  return (
    <>
      <ModalBody>
        <Form
          id="token"
          onSubmit={(event) => {
            event.preventDefault();
            make();
          }}
        >
          {error !== undefined && (
            <Alert isInline variant="danger" title="No token is made">
              {textOf(error)}
            </Alert>
          )}
          <FormGroup label="Name" isRequired fieldId="token-name">
            <TextInput
              id="token-name"
              isRequired
              autoFocus
              maxLength={100}
              value={name}
              onChange={(_, value) => setName(value)}
            />
          </FormGroup>
          <FormGroup label="Lasts" fieldId="token-days">
            <FormSelect id="token-days" value={days} onChange={(_, value) => setDays(Number(value))}>
              {DAYS.map((one) => (
                <FormSelectOption key={one} value={one} label={`${one} days`} />
              ))}
            </FormSelect>
          </FormGroup>
          <Checkbox
            id="token-read-only"
            label="Reading only"
            description="Nothing can be changed with it."
            isChecked={readOnly}
            onChange={(_, checked) => setReadOnly(checked)}
          />
          <ExpandableSection
            toggleText={permissions.length === 0 ? 'Everything you may do' : `${permissions.length} of your permissions`}
          >
            <NamePicker
              label="Permissions"
              names={session.permissions}
              chosen={permissions}
              onChange={setPermissions}
            />
          </ExpandableSection>
          {list.rows.length > 0 && (
            <ExpandableSection toggleText={sites.length === 0 ? 'At all sites' : `At ${sites.join(', ')}`}>
              <NamePicker
                label="Sites"
                names={list.rows.map((row) => String(row['name']))}
                chosen={sites}
                onChange={setSites}
              />
            </ExpandableSection>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="token" isLoading={busy} isDisabled={busy || name.trim() === ''}>
          Make it
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </>
  );
}
