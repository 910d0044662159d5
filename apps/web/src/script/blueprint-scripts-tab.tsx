import {
  Button,
  Content,
  EmptyState,
  EmptyStateBody,
  Modal,
  ModalBody,
  ModalHeader,
  Skeleton,
} from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ProblemView } from '../app/problem-view.tsx';
import { objectPath } from '../model/places.ts';
import { valueText } from '../model/value-text.ts';
import type { TabProps } from '../object/tab.ts';
import { useObject } from '../object/use-object.ts';
import { ScriptView } from './script-view.tsx';
import { slotsOf } from './slots.ts';

const SCRIPT = 'BluePrint/Script';

/** The scripts of a blueprint: what is run in which case. */
export default function BlueprintScriptsTab({ row }: TabProps) {
  const [shown, setShown] = useState<string>();
  const slots = slotsOf(row['script_map']);
  if (slots.length === 0) {
    return (
      <EmptyState headingLevel="h2" variant="sm" titleText="No scripts">
        <EmptyStateBody>
          Nothing is run for what is made from this blueprint, unless one that it comes from has scripts. A{' '}
          <Link to="/o/BluePrint/BluePrintScript">link</Link> puts a script into one of its slots.
        </EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <>
      <table className="ct-map">
        <tbody>
          {slots.map(([slot, script]) => (
            <tr key={slot}>
              <th scope="row">{slot}</th>
              <td>
                <Link to={`${objectPath(SCRIPT, script)}?tab=script`}>{script}</Link>{' '}
                <Button size="sm" variant="secondary" onClick={() => setShown(script)} aria-label={`Display ${script}`}>
                  Display
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown !== undefined && <ScriptDialog name={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}

function ScriptDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { data, error, refetch } = useObject(SCRIPT, name);
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-labelledby="script-title">
      <ModalHeader title={`Script ${name}`} labelId="script-title" />
      <ModalBody>
        {!data && !error && <Skeleton screenreaderText="Loading" height="12rem" />}
        {!data && error && <ProblemView error={error} retry={() => void refetch()} />}
        {data && (
          <>
            <Content component="p">{valueText(data.row['description'])}</Content>
            <ScriptView label={`Script ${name}`} mode="tscript" text={valueText(data.row['script'])} />
          </>
        )}
      </ModalBody>
    </Modal>
  );
}
