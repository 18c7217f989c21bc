/** A page that fails takes only itself along, and says what happened. */
import { Component, type ReactNode } from 'react';
import { shown } from '../text/foreign.ts';

interface State {
  readonly error: Error | null;
}

export class PageGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <section className="page">
        <h1>This page has failed</h1>
        <p>{shown(error.message)}</p>
        <button type="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </section>
    );
  }
}
