import { Button, Label, Modal, ModalBody, ModalHeader } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useSession } from '../api/session.ts';
import { PasswordSignIn } from './password-sign-in.tsx';
import { ProviderButtons } from './provider-buttons.tsx';
import { endOf, lookAgainIn, minutesLeft } from './session-end.ts';

/** Tells before a session ends, and signs the same person in again without leaving the page. */
export function SessionNotice() {
  const { user, expires, sign_in: ways } = useSession();
  const { pathname, search } = useLocation();
  const [now, setNow] = useState(Date.now);
  const [again, setAgain] = useState(false);
  useEffect(() => {
    const wait = lookAgainIn(expires, Date.now());
    if (wait === undefined) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), wait);
    return () => clearTimeout(timer);
  }, [expires, now]);
  const end = endOf(expires, now);
  if (user === null || expires === null || end === 'far') return null;
  const text = end === 'near' ? `Your session ends in ${minutesLeft(expires, now)}` : 'Your session has ended';
  return (
    <>
      <span role="status">
        <Label status="warning" variant="outline">
          {text}
        </Label>
      </span>
      <Button variant="secondary" onClick={() => setAgain(true)}>
        Sign in again
      </Button>
      {again && (
        <Modal isOpen variant="small" onClose={() => setAgain(false)} aria-labelledby="sign-in-again">
          <ModalHeader title="Sign in again" labelId="sign-in-again" description="What is on the page stays." />
          <ModalBody>
            {ways.password && <PasswordSignIn user={user} onDone={() => setAgain(false)} />}
            <ProviderButtons to={`${pathname}${search}`} />
          </ModalBody>
        </Modal>
      )}
    </>
  );
}
