import { Button, Content } from '@patternfly/react-core';
import { useMemo, useState } from 'react';
import { call, pathOf } from '../api/request.ts';
import { queryClient } from '../api/query-client.ts';
import { mayUse, useSession } from '../api/session.ts';
import type { Session } from '../api/session.ts';
import { useSite } from '../app/site.ts';
import type { Column } from '../list/column.ts';
import { columnsOf } from '../list/columns-of.tsx';
import { ObjectTable } from '../list/object-table.tsx';
import { useWholeList } from '../list/use-whole-list.ts';
import { modelAt } from '../model/models.ts';
import type { Row } from '../model/types.ts';
import { ModelList } from '../nouns/model-list.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { OperationPage } from './operation-page.tsx';

const MODEL = modelAt('Foreman/Hold');
const USUAL = ['id', 'do', 'state', 'description', 'script', 'target', 'holder', 'until', 'when_over', 'site'];

/** What is to be done with a hold. */
interface Asked {
  readonly id: string;
  readonly what: 'release' | 'override';
}

/** Whether somebody may release a hold: whoever it names, or, where it names nobody, whoever has the permission. */
const mayRelease = (session: Session, row: Row): boolean =>
  mayUse(session, 'Foreman.can_release_hold') && (row['holder'] === null || row['holder'] === session.user);

/** Jobs that wait for somebody to be heard, and the rules that ask for it. */
export function HoldsPage() {
  const session = useSession();
  const [site] = useSite();
  const [asked, setAsked] = useState<Asked>();
  const mayOverride = mayUse(session, 'Foreman.can_override_hold');
  const columns = useMemo(
    (): readonly Column[] => [
      ...columnsOf(MODEL),
      {
        id: 'do',
        label: 'What to do',
        value: () => '',
        view: (row) => (
          <span className="ct-chips">
            {mayRelease(session, row) && (
              <Button
                size="sm"
                variant="secondary"
                onClick={() => setAsked({ id: String(row['id']), what: 'release' })}
              >
                Release
              </Button>
            )}
            {mayOverride && (
              <Button size="sm" variant="link" onClick={() => setAsked({ id: String(row['id']), what: 'override' })}>
                Override
              </Button>
            )}
          </span>
        ),
      },
    ],
    [session, mayOverride],
  );
  const selection = site === undefined ? {} : { filter: 'site', parameters: { site } };
  const list = useWholeList(MODEL.path, selection, mayUse(session, 'Foreman.view_hold'));
  return (
    <OperationPage
      title="Holds"
      about="A job that destroys or maintains something may have to wait until somebody is heard."
    >
      {mayUse(session, 'Foreman.view_hold') && (
        <section>
          <Content component="h2">Open</Content>
          <ObjectTable model={MODEL} list={list} columns={columns} usual={USUAL} empty="No job is held." short />
        </section>
      )}
      {mayUse(session, 'Foreman.view_holdrule') && (
        <section>
          <Content component="h2">Rules</Content>
          <ModelList
            path="Foreman/HoldRule"
            site={site}
            prefix="r."
            empty="A rule says which jobs wait, for whom, and how long: docs/jobs.md."
            short
          />
        </section>
      )}
      {asked && <HoldDialog asked={asked} onClose={() => setAsked(undefined)} />}
    </OperationPage>
  );
}

function HoldDialog({ asked: { id, what }, onClose }: { readonly asked: Asked; readonly onClose: () => void }) {
  const isOverride = what === 'override';
  return (
    <AskDialog
      title={isOverride ? `Override hold ${id}` : `Release hold ${id}`}
      yes={isOverride ? 'Override' : 'Release'}
      isDangerous={isOverride}
      reason={isOverride ? 'must' : 'may'}
      onClose={onClose}
      onYes={async (reason) => {
        await call(pathOf('Foreman/Hold', id, what), { reason });
        await queryClient.invalidateQueries({ queryKey: ['list', 'Foreman/Hold'] });
      }}
    >
      {isOverride
        ? 'Its job goes on though nobody has released it. Who did so, and why, is kept in the log.'
        : 'Its job goes on, as far as this hold is concerned: what had to be done before is done.'}
    </AskDialog>
  );
}
