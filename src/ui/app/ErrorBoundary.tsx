import { Component, type ReactNode } from 'react';
import styles from './shell.module.css';

interface Props {
  /** A new key lets a new page try again. */
  readonly children: ReactNode;
}

/** A broken part of the page says so, and leaves the rest standing. */
export class ErrorBoundary extends Component<Props, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className={styles.broken} role="alert">
        <h1>This page broke</h1>
        <p>It is a fault of ours, not of yours: {error.message}</p>
        <button type="button" className="button" onClick={() => this.setState({ error: undefined } as never)}>
          Try again
        </button>
      </div>
    );
  }
}
