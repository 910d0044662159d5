import { Tab, Tabs, TabTitleText } from '@patternfly/react-core';

/** The id of the panel below the tabs of a page, which shows what the chosen one is for. */
export const PANEL = 'ct-panel';

interface PanelTabsProps {
  /** What the tabs are about. */
  readonly label: string;
  readonly tabs: readonly { readonly id: string; readonly label: string }[];
  /** The id of the chosen one; undefined: there is none. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

/** The tabs of a page, each of which shows something else in the panel below them. */
export function PanelTabs({ label: about, tabs, chosen, onChoose }: PanelTabsProps) {
  return (
    <Tabs activeKey={chosen ?? ''} onSelect={(_, id) => onChoose(String(id))} aria-label={about}>
      {tabs.map(({ id, label }) => (
        <Tab
          key={id}
          eventKey={id}
          tabContentId={PANEL}
          title={<TabTitleText>{label}</TabTitleText>}
          aria-label={label}
        />
      ))}
    </Tabs>
  );
}
