import {
  Checkbox,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  FormSelect,
  FormSelectOption,
  TextArea,
  TextInput,
} from '@patternfly/react-core';
import { inWords } from '../model/labels.ts';
import type { Field } from '../model/types.ts';
import type { FormValues } from './form-values.ts';
import { ReferenceInput } from './reference-input.tsx';

interface FieldsFormProps {
  readonly fields: Readonly<Record<string, Field>>;
  readonly inputs: FormValues;
  readonly onChange: (inputs: FormValues) => void;
  /** What is at fault, by field. */
  readonly faults: Readonly<Record<string, string>>;
  /** What the form is of: part of the ids of its inputs. */
  readonly name: string;
  readonly isNew: boolean;
}

/** The inputs of fields, each with what the API says of it, and what is at fault. */
export function FieldsForm({ fields, inputs, onChange, faults, name, isNew }: FieldsFormProps) {
  return (
    <Form onSubmit={(event) => event.preventDefault()} aria-label={name}>
      {Object.entries(fields).map(([field, declared]) => {
        const id = `ct-${name}-${field}`.replaceAll(/[^\w-]/g, '-');
        const fault = faults[field];
        return (
          <FormGroup
            key={field}
            fieldId={id}
            label={declared.type === 'boolean' ? undefined : inWords(field)}
            isRequired={isNew && declared.create === 'required'}
          >
            <Input
              id={id}
              label={inWords(field)}
              field={declared}
              input={inputs[field] ?? ''}
              isWrong={fault !== undefined}
              onChange={(value) => onChange({ ...inputs, [field]: value })}
            />
            {(fault !== undefined || declared.doc !== undefined) && (
              <FormHelperText>
                <HelperText id={`${id}-help`}>
                  {fault !== undefined && <HelperTextItem variant="error">{fault}</HelperTextItem>}
                  {declared.doc !== undefined && <HelperTextItem>{declared.doc}</HelperTextItem>}
                </HelperText>
              </FormHelperText>
            )}
          </FormGroup>
        );
      })}
    </Form>
  );
}

interface InputProps {
  readonly id: string;
  readonly label: string;
  readonly field: Field;
  readonly input: string | boolean;
  readonly isWrong: boolean;
  readonly onChange: (input: string | boolean) => void;
}

function Input({ id, label, field, input, isWrong, onChange }: InputProps) {
  const { type, list, choices, suggestions, model, max } = field;
  const described = { 'aria-describedby': `${id}-help` };
  const validated = isWrong ? 'error' : 'default';
  if (typeof input === 'boolean')
    return (
      <Checkbox id={id} label={label} isChecked={input} onChange={(_, checked) => onChange(checked)} {...described} />
    );
  if (choices && list !== true) {
    return (
      <FormSelect id={id} value={input} validated={validated} onChange={(_, value) => onChange(value)} {...described}>
        <FormSelectOption value="" label="" />
        {choices.map((choice) => (
          <FormSelectOption key={choice} value={choice} label={choice} />
        ))}
      </FormSelect>
    );
  }
  if (type === 'map' || list === true) {
    return (
      <TextArea
        id={id}
        value={input}
        validated={validated}
        resizeOrientation="vertical"
        rows={Math.min(12, Math.max(3, input.split('\n').length + 1))}
        placeholder={type === 'map' ? '{ }' : 'One in each line'}
        className={type === 'map' ? 'ct-code' : ''}
        spellCheck={false}
        onChange={(_, value) => onChange(value)}
        {...described}
      />
    );
  }
  if (type === 'reference' && model !== undefined)
    return <ReferenceInput id={id} model={model} value={input} isWrong={isWrong} onChange={onChange} />;
  if (type === 'string' && max === undefined && suggestions === undefined) {
    return (
      <TextArea
        id={id}
        value={input}
        validated={validated}
        autoResize
        resizeOrientation="vertical"
        rows={input.includes('\n') ? 12 : 1}
        className={input.includes('\n') ? 'ct-code' : ''}
        onChange={(_, value) => onChange(value)}
        {...described}
      />
    );
  }
  return (
    <>
      <TextInput
        id={id}
        value={input}
        validated={validated}
        maxLength={max}
        inputMode={type === 'integer' ? 'numeric' : 'text'}
        list={suggestions ? `${id}-list` : undefined}
        onChange={(_, value) => onChange(value)}
        {...described}
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}
