import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  DescriptionListTermHelpText,
  DescriptionListTermHelpTextButton,
  Popover,
} from '@patternfly/react-core';
import { inWords } from '../model/labels.ts';
import type { Field } from '../model/types.ts';
import { ValueView } from '../model/value-view.tsx';
import type { TabProps } from './tab.ts';

/** All fields of an object, each with what the API says about it. */
export const DetailsTab = ({ model, row }: TabProps) => <FieldList model={model} row={row} />;

/** Fields with their values. */
export function FieldList({ model, row }: Pick<TabProps, 'model' | 'row'>) {
  const names = Object.keys(model.fields).filter((name) => name in row);
  return (
    <DescriptionList isHorizontal isCompact className="ct-details">
      {names.map((name) => (
        <FieldView key={name} name={name} field={model.fields[name]!} value={row[name]} />
      ))}
    </DescriptionList>
  );
}

function FieldView({ name, field, value }: { readonly name: string; readonly field: Field; readonly value: unknown }) {
  const label = inWords(name);
  return (
    <DescriptionListGroup>
      {field.doc === undefined ? (
        <DescriptionListTerm>{label}</DescriptionListTerm>
      ) : (
        <DescriptionListTermHelpText>
          <Popover bodyContent={field.doc}>
            <DescriptionListTermHelpTextButton>{label}</DescriptionListTermHelpTextButton>
          </Popover>
        </DescriptionListTermHelpText>
      )}
      <DescriptionListDescription>
        <ValueView name={name} of={field} value={value} />
      </DescriptionListDescription>
    </DescriptionListGroup>
  );
}
