import { Label, SearchInput } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { inWords } from '../model/labels.ts';
import { Answered } from './answered.tsx';
import { OperationPage } from './operation-page.tsx';
import { useAnswer } from './use-answer.ts';

interface Setting {
  readonly name: string;
  readonly table: string;
  readonly value: string | null;
  readonly secret: boolean;
  readonly from: 'environment' | 'file' | 'default' | 'unset';
  readonly otherwise: string;
  readonly doc: string;
}

const COLORS = { environment: 'blue', file: 'teal', default: 'grey', unset: 'grey' } as const;

/** Marks of Markdown are not shown. */
const plain = (markdown: string): string => markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');

/** The settings that the server goes by, with where each comes from. */
export function SettingsPage() {
  const query = useAnswer<{ readonly settings: readonly Setting[] }>('Records/Server', 'settings');
  const [wanted, setWanted] = useState('');
  const fits = ({ name, doc, table }: Setting): boolean =>
    `${name} ${doc} ${table}`.toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    <OperationPage
      title="Settings"
      about="What the server goes by since it was started: the environment, on top of the settings file. Secrets are masked."
    >
      <div data-filter="">
        <SearchInput
          aria-label="Find a setting"
          placeholder="Find a setting"
          value={wanted}
          onChange={(_, text) => setWanted(text)}
          onClear={() => setWanted('')}
        />
      </div>
      <Answered query={query}>
        {({ settings }) => (
          <Table variant="compact" aria-label="Settings" gridBreakPoint="grid-lg">
            <Thead>
              <Tr>
                <Th width={25}>Name</Th>
                <Th width={20}>Value</Th>
                <Th width={10}>From</Th>
                <Th>Meaning</Th>
              </Tr>
            </Thead>
            <Tbody>
              {settings.filter(fits).map(({ name, table, value, from, otherwise, doc }) => (
                <Tr key={name}>
                  <Td dataLabel="Name" className="ct-wrap">
                    <code>{name}</code>
                    <div className="ct-small">{inWords(table)}</div>
                  </Td>
                  <Td dataLabel="Value" className="ct-wrap">
                    {value === null || value === '' ? (
                      <span className="ct-none">{from === 'unset' ? plain(otherwise) : 'none'}</span>
                    ) : (
                      <code>{value}</code>
                    )}
                  </Td>
                  <Td dataLabel="From">
                    <Label isCompact color={COLORS[from]}>
                      {from}
                    </Label>
                  </Td>
                  <Td dataLabel="Meaning">{plain(doc)}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </Answered>
    </OperationPage>
  );
}
