import {
  Button,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  SkipToContent,
  Spinner,
} from '@patternfly/react-core';
import { BarsIcon } from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import { Suspense, useEffect, useState } from 'react';
import { Link, Outlet, useLocation, useNavigate } from 'react-router';
import { live } from '../api/live.ts';
import { mayUse, useSession, useSessionQuery } from '../api/session.ts';
import { AwayBanner } from './away-banner.tsx';
import { Counters } from './counters.tsx';
import { PageBoundary } from './error-boundary.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { mastheadItems } from './masthead-items.ts';
import { navigation } from './navigation.ts';
import { ProblemView } from './problem-view.tsx';
import { SitePicker } from './site-picker.tsx';
import { useSite, withSite } from './site.ts';
import { isTyping, ShortcutReader } from './shortcuts.ts';
import { Toasts } from './toasts.tsx';
import { UserMenu } from './user-menu.tsx';

/** Below it the navigation covers the page, in pixels. */
const NARROW = 1200;

const MAIN = 'ct-main';

/** What stands around every page: who looks, at which site, what can be gone to. */
export function Shell() {
  const query = useSessionQuery();
  const session = useSession();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  const [isNarrow, setIsNarrow] = useState(window.innerWidth < NARROW);
  const [navigationIsOpen, setNavigationIsOpen] = useState(!isNarrow);
  const signedIn = session.user !== null;

  useEffect(() => {
    if (!signedIn) return undefined;
    live.start();
    return () => live.stop();
  }, [signedIn]);
  useEffect(() => {
    if (query.data?.user === null)
      void navigate(`/signin?to=${encodeURIComponent(pathname + search)}`, { replace: true });
  }, [query.data, pathname, search, navigate]);
  useEffect(() => {
    if (isNarrow) setNavigationIsOpen(false);
  }, [isNarrow, pathname]);
  useShortcuts(() => setHelp(true));

  if (query.isPending) return <Spinner aria-label="Loading" className="ct-centre" />;
  if (query.error && !query.data) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <AwayBanner />
      <Page
        mainContainerId={MAIN}
        isContentFilled
        // It knows by this, too, that the navigation lies over the page.
        onPageResize={(_, { mobileView }) => setIsNarrow(mobileView)}
        skipToContent={<SkipToContent href={`#${MAIN}`}>Skip to content</SkipToContent>}
        masthead={
          <Masthead>
            <MastheadMain>
              <MastheadToggle>
                <PageToggleButton
                  variant="plain"
                  aria-label="Navigation"
                  isSidebarOpen={navigationIsOpen}
                  onSidebarToggle={() => setNavigationIsOpen(!navigationIsOpen)}
                >
                  <BarsIcon />
                </PageToggleButton>
              </MastheadToggle>
              <MastheadBrand>
                <MastheadLogo component={(props) => <Link {...props} to="/" className="ct-logo" />}>
                  Contractor
                </MastheadLogo>
              </MastheadBrand>
            </MastheadMain>
            <MastheadContent>
              <div className="ct-masthead">
                <SitePicker />
                <Counters />
                <span className="ct-spring" />
                {mastheadItems.map(({ id, Component }) => (
                  <Suspense key={id} fallback={null}>
                    <Component />
                  </Suspense>
                ))}
                <Button
                  variant="plain"
                  aria-label="Keyboard shortcuts"
                  className="ct-wide"
                  onClick={() => setHelp(true)}
                >
                  ?
                </Button>
                <UserMenu onHelp={() => setHelp(true)} />
              </div>
            </MastheadContent>
          </Masthead>
        }
        sidebar={
          <PageSidebar isSidebarOpen={navigationIsOpen}>
            <PageSidebarBody>
              <Navigation />
            </PageSidebarBody>
          </PageSidebar>
        }
      >
        <PageBoundary>
          <Suspense fallback={<Spinner aria-label="Loading" className="ct-centre" />}>
            <Outlet />
          </Suspense>
        </PageBoundary>
      </Page>
      {help && <HelpDialog onClose={() => setHelp(false)} />}
      <Toasts />
    </>
  );
}

function Navigation() {
  const session = useSession();
  const [site] = useSite();
  const { pathname } = useLocation();
  const shown = navigation.filter(({ permission }) => permission === undefined || mayUse(session, permission));
  return (
    <Nav aria-label="Pages">
      <NavList>
        {shown.map(({ label, path, alias }) => (
          <NavItem key={path} isActive={pathname === path || pathname === alias || pathname.startsWith(`${path}/`)}>
            <Link to={withSite(path, site)}>{label}</Link>
          </NavItem>
        ))}
      </NavList>
    </Nav>
  );
}

/** Keys that work wherever one is. */
function useShortcuts(showHelp: () => void): void {
  const navigate = useNavigate();
  const [site] = useSite();
  useEffect(() => {
    const reader = new ShortcutReader();
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target as HTMLElement)) return;
      if (document.querySelector('[role=dialog][aria-modal=true]')) return;
      if (event.key === '?') return showHelp();
      if (event.key === '/') {
        const filter = document.querySelector<HTMLInputElement>('[data-filter] input');
        if (filter) event.preventDefault();
        return filter?.focus();
      }
      const found = reader.read(event.key, event.timeStamp);
      if (found?.path !== undefined) void navigate(withSite(found.path, site));
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
}
