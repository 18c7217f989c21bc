/**
 * The React side of the screen: as many lines as the terminal has rows, each drawn again only when its
 * text changed. All that is shown comes finished from the controller; an error while drawing ends the
 * screen, not the program.
 */
import { Box, Text, useApp } from 'ink';
import { memo, useEffect, useSyncExternalStore } from 'react';
import type { Controller } from './controller.ts';

/** Hands the terminal to something else until `use` resolves. */
export type Suspend = (use: () => Promise<void>) => Promise<void>;

export interface AppProps {
  readonly controller: Controller;
  /** Ink lends out the terminal only from inside. */
  readonly onReady: (suspend: Suspend) => void;
}

export function App({ controller, onReady }: AppProps) {
  const { suspendTerminal } = useApp();
  useEffect(() => onReady(suspendTerminal), [onReady, suspendTerminal]);
  const { lines, columns } = useSyncExternalStore(controller.subscribe, controller.frame);
  return (
    <Box flexDirection="column" width={columns} height={lines.length}>
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: -- a screen's row is its identity
        <Line key={row} text={line} />
      ))}
    </Box>
  );
}

/** An empty Text takes no row: a blank keeps it. Blanks at the end cost Ink as much as letters. */
const Line = memo(function Line({ text }: { readonly text: string }) {
  return (
    <Box height={1}>
      <Text wrap="truncate">{text.trimEnd() || ' '}</Text>
    </Box>
  );
});
