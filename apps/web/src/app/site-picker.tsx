import { MenuToggle, Popper, SearchInput, TreeView } from '@patternfly/react-core';
import type { TreeViewDataItem } from '@patternfly/react-core';
import { useMemo, useRef, useState } from 'react';
import { useSession, mayUse } from '../api/session.ts';
import { useWholeList } from '../list/use-whole-list.ts';
import { useSite } from './site.ts';
import type { SiteNode } from './site-tree.ts';
import { searchTree, siteTree } from './site-tree.ts';
import { useDismiss } from './use-dismiss.ts';

/** The id that stands for all sites in the tree. */
const ALL = '\u0000all';

const item = ({ name, description, children }: SiteNode, open: boolean): TreeViewDataItem => ({
  id: name,
  name: description === '' || description === name ? name : `${name} · ${description}`,
  defaultExpanded: open,
  ...(children.length > 0 ? { children: children.map((child) => item(child, open)) } : {}),
});

/** Selects a site out of the tree of all, or all sites. */
export function SitePicker() {
  const session = useSession();
  const [site, choose] = useSite();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const toggle = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const { rows } = useWholeList('Site/Site', {}, mayUse(session, 'Site.view_site'));
  const tree = useMemo(
    () => siteTree(rows as unknown as readonly { name: string; description: string; parent: string | null }[]),
    [rows],
  );
  const close = (): void => {
    setOpen(false);
    toggle.current?.focus();
  };
  useDismiss(open, [toggle, menu], close);
  const found = searchTree(tree, text);
  const data: TreeViewDataItem[] = [
    ...(text === '' ? [{ id: ALL, name: 'All sites' }] : []),
    ...found.map((node) => item(node, text !== '' || tree.length < 12)),
  ];
  return (
    <Popper
      isVisible={open}
      appendTo={() => document.body}
      triggerRef={toggle}
      popperRef={menu}
      trigger={
        <MenuToggle
          ref={toggle}
          isExpanded={open}
          onClick={() => setOpen(!open)}
          aria-label={`Site: ${site ?? 'all sites'}`}
          className="ct-site-toggle"
        >
          {site ?? 'All sites'}
        </MenuToggle>
      }
      popper={
        <div ref={menu} className="ct-popup ct-site-menu" role="dialog" aria-label="Select a site">
          <SearchInput
            autoFocus
            aria-label="Search sites"
            placeholder="Search sites"
            value={text}
            onChange={(_, value) => setText(value)}
            onClear={() => setText('')}
          />
          {data.length > 0 ? (
            <TreeView
              key={text === '' ? 'all' : text}
              aria-label="Sites"
              data={data}
              hasSelectableNodes
              activeItems={[{ id: site ?? ALL, name: '' }]}
              onSelect={(_, { id }) => {
                choose(id === ALL ? undefined : id);
                setText('');
                close();
              }}
            />
          ) : (
            <p className="ct-small">No site has “{text}” in its name or description.</p>
          )}
        </div>
      }
    />
  );
}
