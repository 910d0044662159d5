import { Content } from '@patternfly/react-core';
import { valueText } from '../model/value-text.ts';
import type { TabProps } from '../object/tab.ts';
import { lintTemplate } from './ask-lint.ts';
import { TextField } from './text-field.tsx';

const FIELDS = [
  ['boot_script', 'Boot Script'],
  ['template', 'Template'],
] as const;

/** What machines boot over the network, and the answers for their installer, read and changed. */
export default function PxeTab({ model, id, row }: TabProps) {
  return (
    <div className="ct-stack">
      {FIELDS.map(([field, label]) => (
        <section key={`${id} ${field}`}>
          <Content component="h2">{label}</Content>
          <TextField
            model={model.path}
            id={id}
            field={field}
            label={label}
            text={valueText(row[field])}
            mode="template"
            lint={lintTemplate}
            permission={model.can.change}
          />
        </section>
      ))}
    </div>
  );
}
