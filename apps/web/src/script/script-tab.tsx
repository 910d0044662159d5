import { Content } from '@patternfly/react-core';
import { valueText } from '../model/value-text.ts';
import type { TabProps } from '../object/tab.ts';
import { lintScript } from './ask-lint.ts';
import { TextField } from './text-field.tsx';

/** The text of a script, read and changed. */
export default function ScriptTab({ model, id, row }: TabProps) {
  return (
    <>
      <Content component="p">{valueText(row['description'])}</Content>
      <TextField
        key={id}
        model={model.path}
        id={id}
        field="script"
        label="Script"
        text={valueText(row['script'])}
        mode="tscript"
        lint={lintScript}
        permission={model.can.change}
      />
    </>
  );
}
