import { Link } from 'react-router';
import { objectPath } from '../model/places.ts';
import { TimeText } from '../model/time-text.tsx';
import type { Run } from './address-cells.ts';
import { USES } from './address-cells.ts';
import type { Hosts } from './address-map-tab.tsx';

/** What a run of addresses is used for, by whom, and since when. */
export function RunText({ run, hosts }: { readonly run: Run; readonly hosts: Hosts }) {
  const host = typeof run.networked === 'number' ? hosts[String(run.networked)] : undefined;
  return (
    <>
      {USES[run.use] ?? run.use}
      {host && (
        <>
          {' by '}
          <Link to={objectPath(host.model, run.networked!)}>{host.name}</Link>
        </>
      )}
      {!host && typeof run.networked === 'number' && ` by host ${run.networked}`}
      {run.interface_name ? `, interface ${run.interface_name}` : ''}
      {run.reason ? `: ${run.reason}` : ''}
      {run.pxe ? `, boots ${run.pxe}` : ''}
      {run.since !== undefined && (
        <>
          {', since '}
          <TimeText time={run.since} />
        </>
      )}
      {run.until !== undefined && (
        <>
          {', until '}
          <TimeText time={run.until} />
        </>
      )}
    </>
  );
}
