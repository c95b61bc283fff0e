import { Component } from 'react';
import type { ReactNode } from 'react';

interface Props {
  /** What stands here, for the sentence. */
  readonly what: string;
  readonly children: ReactNode;
}

/** A part that fails to draw says so in its place; the rest of the page, and the run, go on. */
export class Boundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    console.warn(`${this.props.what} could not be drawn`, error);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="empty" role="alert">
        <p>{this.props.what} could not be drawn. Nothing of the run is lost.</p>
        <button type="button" className="button" onClick={() => this.setState({ failed: false })}>
          Draw it again
        </button>
      </div>
    );
  }
}
