import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import type { Run } from './address-cells.ts';
import type { Hosts } from './address-map-tab.tsx';
import { RunText } from './run-text.tsx';

/** The addresses of a block by ranges of the same use. */
export function AddressRanges({ runs, hosts }: { readonly runs: readonly Run[]; readonly hosts: Hosts }) {
  return (
    <Table variant="compact" aria-label="Ranges of addresses" gridBreakPoint="grid-md">
      <Thead>
        <Tr>
          <Th>From</Th>
          <Th>To</Th>
          <Th>Addresses</Th>
          <Th>Use</Th>
        </Tr>
      </Thead>
      <Tbody>
        {runs.map((run) => (
          <Tr key={run.first}>
            <Td dataLabel="From">{run.first}</Td>
            <Td dataLabel="To">{run.last}</Td>
            <Td dataLabel="Addresses">{run.count.toLocaleString()}</Td>
            <Td dataLabel="Use">
              <span className={`ct-cell ct-cell-${run.use}`} /> <RunText run={run} hosts={hosts} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
