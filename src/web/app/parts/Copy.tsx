/** Copies a text, and says that it did. */
import { type ReactNode, useState } from 'react';
import { Icon } from './Icon.tsx';

interface CopyProps {
  readonly label: string;
  readonly text: () => string;
}

const SAID_FOR_MS = 1500;

export function Copy({ label, text }: CopyProps): ReactNode {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid('Copied');
    } catch {
      setSaid('The browser does not allow it');
    }
    setTimeout(() => setSaid(null), SAID_FOR_MS);
  };
  return (
    <button type="button" className="copy" onClick={() => void copy()}>
      <Icon name="copy" /> <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
