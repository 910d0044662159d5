import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Modal,
  ModalBody,
  ModalHeader,
} from '@patternfly/react-core';
import { shortcuts } from './shortcuts.ts';

const OTHERS: readonly (readonly [string, string])[] = [
  ['?', 'Shows this'],
  ['Ctrl K', 'Searches: objects, pages, commands'],
  ['/', 'Goes to the filter of a list'],
  ['Esc', 'Closes what is open'],
];

/** Which keys do what. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const all = [...OTHERS, ...shortcuts.map(({ keys, label }) => [keys, `Goes to ${label}`] as const)];
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="ct-help">
      <ModalHeader title="Keyboard shortcuts" labelId="ct-help" />
      <ModalBody>
        <DescriptionList isHorizontal isCompact>
          {all.map(([keys, what]) => (
            <DescriptionListGroup key={keys}>
              <DescriptionListTerm>
                {keys.split(' ').map((key, at) => (
                  <span key={`${at}${key}`}>
                    {at > 0 && ' '}
                    <kbd className="ct-key">{key}</kbd>
                  </span>
                ))}
              </DescriptionListTerm>
              <DescriptionListDescription>{what}</DescriptionListDescription>
            </DescriptionListGroup>
          ))}
        </DescriptionList>
      </ModalBody>
    </Modal>
  );
}
