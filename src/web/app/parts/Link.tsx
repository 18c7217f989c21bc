/** A link inside the page: an ordinary one, so that it can be opened in a new tab and copied. */
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { go } from '../routes.ts';

interface LinkProps extends Omit<ComponentPropsWithRef<'a'>, 'href'> {
  readonly to: string;
}

export function Link({ to, onClick, children, ...rest }: LinkProps): ReactNode {
  return (
    <a
      {...rest}
      href={to}
      onClick={(event) => {
        onClick?.(event);
        const { button, ctrlKey, metaKey, shiftKey, altKey } = event;
        if (event.defaultPrevented || button !== 0) return;
        if (ctrlKey || metaKey || shiftKey || altKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
