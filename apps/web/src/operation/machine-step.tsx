import { Alert, Button, FormSelect, FormSelectOption, TextInput } from '@patternfly/react-core';
import { useState } from 'react';
import type { Problem } from '../api/problem.ts';
import { call } from '../api/request.ts';
import { tellError } from '../app/toasts.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { countText } from './health.ts';
import { kindsFor } from './machine-kinds.ts';
import { StepField, StepForm } from './steps-form.tsx';

/** What `Building/Machine/provision` answers, as far as it is shown. */
interface Plan {
  readonly machines: readonly {
    readonly hostname: string;
    readonly foundation: string;
    readonly addresses: readonly { readonly ip_address: string; readonly interface_name: string }[];
    readonly jobs: readonly { readonly target: string; readonly script: string }[];
  }[];
  readonly warnings: readonly string[];
}

interface MachineStepProps {
  readonly site: string;
  readonly onDone: () => Promise<unknown>;
}

/** Makes a machine: first what would be made is shown. */
export function MachineStep({ site, onDone }: MachineStepProps) {
  const { rows: blueprints } = useWholeList('BluePrint/StructureBluePrint');
  const { rows: blocks } = useWholeList('Utilities/AddressBlock', { filter: 'site', parameters: { site } });
  const { rows: foundations } = useWholeList('BluePrint/FoundationBluePrint');
  const [names, setNames] = useState('web1');
  const [blueprint, setBlueprint] = useState<string>();
  const [type, setType] = useState<string>();
  const [block, setBlock] = useState<string>();
  const [plan, setPlan] = useState<Plan>();
  const chosen = blueprint ?? String(blueprints[0]?.['name'] ?? '');
  const kinds = kindsFor(
    blueprints.find(({ name }) => name === chosen),
    foundations,
  );
  const kind = type !== undefined && kinds.includes(type) ? type : (kinds[0] ?? '');
  const place = block ?? String(blocks[0]?.['id'] ?? '');
  const order = {
    names: names.split(/[\s,]+/).filter(Boolean),
    site,
    blueprint: chosen,
    foundation_type: kind,
    ...(place === '' ? {} : { address_block: Number(place) }),
  };
  const changed = (set: (text: string) => void) => (_: unknown, text: string) => {
    setPlan(undefined);
    set(text);
  };
  const preview = async (): Promise<void> => {
    setPlan(await call<Plan>('/Building/Machine/provision', { ...order, dry_run: true }));
  };
  const make = (): void => {
    call('/Building/Machine/provision', order)
      .then(onDone)
      .catch((error: unknown) => tellError('Nothing was made', error));
  };
  const faultOf = (error: Problem | undefined, field: string): string | undefined => error?.of(field);
  return (
    <>
      <StepForm
        yes="Preview"
        fields={['names', 'blueprint', 'foundation_type', 'address_block', 'network']}
        isDisabled={order.names.length === 0 || chosen === ''}
        onSubmit={preview}
      >
        {(error) => (
          <>
            <StepField
              id="machine-names"
              label="Names"
              isRequired
              help="One, several, or a pattern: web{1..3}."
              fault={faultOf(error, 'names')}
            >
              <TextInput id="machine-names" value={names} onChange={changed(setNames)} />
            </StepField>
            <StepField id="machine-blueprint" label="Blueprint" isRequired fault={faultOf(error, 'blueprint')}>
              <FormSelect id="machine-blueprint" value={chosen} onChange={changed(setBlueprint)}>
                {blueprints.map(({ name, description }) => (
                  <FormSelectOption
                    key={String(name)}
                    value={String(name)}
                    label={`${String(name)}: ${String(description)}`}
                  />
                ))}
              </FormSelect>
            </StepField>
            <StepField
              id="machine-type"
              label="Kind of machine"
              help="The platform it stands on; Test is simulated."
              fault={faultOf(error, 'foundation_type')}
            >
              <FormSelect id="machine-type" value={kind} onChange={changed(setType)}>
                {kinds.map((one) => (
                  <FormSelectOption key={one} value={one} label={one} />
                ))}
              </FormSelect>
            </StepField>
            <StepField
              id="machine-block"
              label="Addresses"
              help="Out of which block of the site."
              fault={faultOf(error, 'address_block') ?? faultOf(error, 'network')}
            >
              <FormSelect id="machine-block" value={place} onChange={changed(setBlock)}>
                {blocks.map(({ id, name, subnet, prefix }) => (
                  <FormSelectOption
                    key={String(id)}
                    value={String(id)}
                    label={`${String(name)}: ${String(subnet)}/${String(prefix)}`}
                  />
                ))}
              </FormSelect>
            </StepField>
          </>
        )}
      </StepForm>
      {plan && <Preview plan={plan} onMake={make} />}
    </>
  );
}

function Preview({ plan: { machines, warnings }, onMake }: { readonly plan: Plan; readonly onMake: () => void }) {
  return (
    <Alert isInline variant="info" title={`This makes ${countText(machines.length, 'machine')}`}>
      <ul className="ct-lines">
        {machines.map(({ hostname, foundation, addresses, jobs }) => (
          <li key={hostname}>
            <b>{hostname}</b> on {foundation},{' '}
            {addresses.map((one) => `${one.ip_address} at ${one.interface_name}`).join(', ') || 'no address'};{' '}
            {jobs.map(({ script, target }) => `${script} ${target.toLowerCase()}`).join(', ') || 'no job'}
          </li>
        ))}
      </ul>
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
      <Button className="ct-provider" onClick={onMake}>
        Make {machines.length === 1 ? 'it' : 'them'}
      </Button>
    </Alert>
  );
}
