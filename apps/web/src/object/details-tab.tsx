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

type FieldListProps = Pick<TabProps, 'model' | 'row'> & {
  /** The position of the log as of which they are; now, unless said. */
  readonly at?: string;
};

/** Fields with their values. */
export function FieldList({ model, row, at }: FieldListProps) {
  const names = Object.keys(model.fields).filter((name) => name in row);
  return (
    <DescriptionList isHorizontal isCompact className="ct-details">
      {names.map((name) => (
        <FieldView key={name} name={name} field={model.fields[name]!} value={row[name]} at={at} />
      ))}
    </DescriptionList>
  );
}

interface FieldViewProps {
  readonly name: string;
  readonly field: Field;
  readonly value: unknown;
  readonly at: string | undefined;
}

function FieldView({ name, field, value, at }: FieldViewProps) {
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
        <ValueView name={name} of={field} value={value} at={at} />
      </DescriptionListDescription>
    </DescriptionListGroup>
  );
}
