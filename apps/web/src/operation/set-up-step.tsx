import { Alert, Button, Label, TextInput } from '@patternfly/react-core';
import { useState } from 'react';
import { call } from '../api/request.ts';
import { tellError } from '../app/toasts.tsx';
import { StepField, StepForm } from './steps-form.tsx';

/** What `Setup/Installation/setUp` answers, as far as it is shown. */
interface SetUp {
  readonly objects: readonly { readonly kind: string; readonly name: string; readonly outcome: string }[];
  readonly warnings: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** The fields of the form: parameter, label, what stands there, and what helps. */
const FIELDS = [
  ['site', 'Site', 'site1', undefined],
  ['domain', 'Domain', 'site1.test', 'Of the hosts of the site.'],
  ['hostname', 'Name of the server', 'contractor', undefined],
  ['interface', 'Interface', 'eth0', 'The one by which the server is on the network of the site.'],
  ['address', 'Address', '10.0.0.10/24', 'That of the server there, with its prefix.'],
  ['gateway', 'Gateway', '', 'Empty: none.'],
] as const;
type Name = (typeof FIELDS)[number][0];

/** Makes a site with the network that the server is on, the server itself as a host, names and groups, in one go. */
export function SetUpStep({ onDone }: { readonly onDone: () => Promise<unknown> }) {
  const [values, setValues] = useState<Readonly<Record<Name, string>>>(
    () => Object.fromEntries(FIELDS.map(([name, , value]) => [name, value])) as Record<Name, string>,
  );
  const [plan, setPlan] = useState<SetUp>();
  const order = { ...values, gateway: values.gateway.trim() === '' ? null : values.gateway.trim() };
  const setUp = (): void => {
    call('/Setup/Installation/setUp', order)
      .then(onDone)
      .catch((error: unknown) => tellError('Nothing was made', error));
  };
  return (
    <>
      <StepForm
        yes="Preview"
        fields={FIELDS.map(([name]) => name)}
        isDisabled={values.interface === '' || values.address === ''}
        onSubmit={async () => setPlan(await call<SetUp>('/Setup/Installation/setUp', { ...order, dry_run: true }))}
      >
        {(error) =>
          FIELDS.map(([name, label, , help]) => (
            <StepField key={name} id={`setup-${name}`} label={label} help={help} fault={error?.of(name)}>
              <TextInput
                id={`setup-${name}`}
                value={values[name]}
                onChange={(_, text) => {
                  setPlan(undefined);
                  setValues({ ...values, [name]: text });
                }}
              />
            </StepField>
          ))
        }
      </StepForm>
      {plan && (
        <Alert isInline variant="info" title="This makes">
          <div className="ct-chips">
            {plan.objects
              .filter(({ outcome }) => outcome !== 'unchanged')
              .map(({ kind, name, outcome }) => (
                <Label key={`${kind} ${name}`} isCompact color={outcome === 'skipped' ? 'orange' : 'blue'}>
                  {kind} {name}
                  {outcome === 'created' ? '' : `: ${outcome}`}
                </Label>
              ))}
          </div>
          {plan.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
          <Button className="ct-provider" onClick={setUp}>
            Make all of it
          </Button>
        </Alert>
      )}
    </>
  );
}
