import { TextInput, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import { call, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { Answered } from './answered.tsx';
import { blockIn } from './first-steps.ts';
import { SetUpStep } from './set-up-step.tsx';
import { StepField, StepForm } from './steps-form.tsx';
import { useAnswer } from './use-answer.ts';
import { zoneFor } from './zone-for.ts';

interface StepProps {
  readonly onDone: () => Promise<unknown>;
}

/** Makes the first site: alone, or with the network that the server is on. */
export function SiteStep({ onDone }: StepProps) {
  const session = useSession();
  const [whole, setWhole] = useState(false);
  return (
    <>
      {mayUse(session, 'Setup.can_set_up') && (
        <ToggleGroup aria-label="What is made">
          <ToggleGroupItem text="A site" buttonId="site-alone" isSelected={!whole} onChange={() => setWhole(false)} />
          <ToggleGroupItem
            text="A site with the network of this server, names and groups"
            buttonId="site-whole"
            isSelected={whole}
            onChange={() => setWhole(true)}
          />
        </ToggleGroup>
      )}
      {whole ? <SetUpStep onDone={onDone} /> : <SiteForm onDone={onDone} />}
    </>
  );
}

function SiteForm({ onDone }: StepProps) {
  const [name, setName] = useState('site1');
  const [description, setDescription] = useState('The first site');
  const [zone, setZone] = useState('site1.test');
  const make = async (): Promise<void> => {
    await send('POST', '/Site/Site', { body: { name, description, zone: await zoneFor(zone) } });
    await onDone();
  };
  return (
    <StepForm
      yes="Make the site"
      fields={['name', 'description', 'zone']}
      isDisabled={name === '' || description === ''}
      onSubmit={make}
    >
      {(error) => (
        <>
          <StepField id="site-name" label="Name" isRequired fault={error?.of('name')}>
            <TextInput id="site-name" value={name} onChange={(_, text) => setName(text)} />
          </StepField>
          <StepField id="site-description" label="Description" isRequired fault={error?.of('description')}>
            <TextInput id="site-description" value={description} onChange={(_, text) => setDescription(text)} />
          </StepField>
          <StepField
            id="site-zone"
            label="Domain"
            help="DNS zone of its hosts, which is made with it. Empty: they have no names in DNS."
            fault={error?.of('zone')}
          >
            <TextInput id="site-zone" value={zone} onChange={(_, text) => setZone(text)} />
          </StepField>
        </>
      )}
    </StepForm>
  );
}

/** Makes a network of a site with its addresses. */
export function NetworkStep({ site, onDone }: StepProps & { readonly site: string }) {
  const [name, setName] = useState('main');
  const [block, setBlock] = useState('10.0.0.0/24');
  const [gateway, setGateway] = useState('1');
  const parsed = blockIn(block);
  const make = async (): Promise<void> => {
    const own = async (path: string, body: object): Promise<number> =>
      (await send<{ readonly id: number }>('POST', path, { body })).body.id;
    const gatewayOffset = gateway.trim() === '' ? null : Number(gateway);
    const addresses = await own('/Utilities/AddressBlock', { site, name, ...parsed, gateway_offset: gatewayOffset });
    const network = await own('/Utilities/Network', { site, name });
    await own('/Utilities/NetworkAddressBlock', { network, address_block: addresses });
    await onDone();
  };
  return (
    <StepForm
      yes="Make the network"
      fields={['name', 'subnet', 'prefix', 'gateway_offset']}
      isDisabled={name === '' || !parsed}
      onSubmit={make}
    >
      {(error) => (
        <>
          <StepField id="network-name" label="Name" isRequired fault={error?.of('name')}>
            <TextInput id="network-name" value={name} onChange={(_, text) => setName(text)} />
          </StepField>
          <StepField
            id="network-block"
            label="Addresses"
            isRequired
            help="As a subnet with its prefix: 10.0.0.0/24, or 2001:db8::/64."
            fault={
              error?.of('subnet') ?? error?.of('prefix') ?? (parsed ? undefined : 'This is no subnet with a prefix')
            }
          >
            <TextInput
              id="network-block"
              value={block}
              validated={parsed ? 'default' : 'error'}
              onChange={(_, text) => setBlock(text)}
            />
          </StepField>
          <StepField
            id="network-gateway"
            label="Gateway"
            help="Counted from the first address: 1 is 10.0.0.1. Empty: none."
            fault={error?.of('gateway_offset')}
          >
            <TextInput id="network-gateway" type="number" value={gateway} onChange={(_, text) => setGateway(text)} />
          </StepField>
        </>
      )}
    </StepForm>
  );
}

type Shipped = Readonly<Record<string, { readonly description: string }>>;

/** Loads blueprints that come with the server. */
export function ResourceStep({ onDone }: StepProps) {
  const query = useAnswer<Shipped>('BluePrint/ResourceFile', 'shipped');
  const [loading, setLoading] = useState<string>();
  const load = async (name: string): Promise<void> => {
    setLoading(name);
    try {
      await call('/BluePrint/ResourceFile/load', { shipped: [name] });
      await onDone();
    } finally {
      setLoading(undefined);
    }
  };
  return (
    <Answered query={query}>
      {(files) => (
        <div className="ct-lines">
          {Object.entries(files).map(([name, { description }]) => (
            <StepForm key={name} yes={`Load ${name}`} isDisabled={loading !== undefined} onSubmit={() => load(name)}>
              {() => (
                <p>
                  <b>{name}</b> {description}
                </p>
              )}
            </StepForm>
          ))}
          <p className="ct-small">
            Blueprints of your own are loaded as files (docs/resource-files.md), or made on the page of{' '}
            <Link to="/blueprints">blueprints</Link>.
          </p>
        </div>
      )}
    </Answered>
  );
}
