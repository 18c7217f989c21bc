/** Views of one thing; which one stands in the address. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../routes.ts';

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly text: string;
}

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly current: Name;
}

/** The tab that the address names, else the first. */
export function useTab<Name extends string>(tabs: readonly Tab<Name>[], first: Name): Name {
  const [words] = useWords();
  return tabs.find(({ name }) => name === words.get('tab'))?.name ?? first;
}

export function Tabs<Name extends string>({ label, tabs, current }: TabsProps<Name>): ReactNode {
  const [, change] = useWords();
  const list = useRef<HTMLDivElement>(null);
  // On a phone not all of them fit.
  useEffect(() => {
    const tab = list.current?.querySelector(`[data-tab="${current}"]`);
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const onKey = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    const at = tabs.findIndex(({ name }) => name === current);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    change({ tab: next.name });
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.name}"]`)?.focus();
  };
  return (
    <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={onKey}>
      {tabs.map(({ name, text }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          data-tab={name}
          aria-selected={name === current}
          aria-controls="tab-panel"
          tabIndex={name === current ? 0 : -1}
          onClick={() => change({ tab: name })}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

export function TabPanel({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${name}`}>
      {children}
    </div>
  );
}
