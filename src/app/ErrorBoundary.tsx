import { Component } from 'react';
import type { ReactNode } from 'react';
import { NotFetched } from './lazyPart';

interface Props {
  /** What stands here, for the sentence. */
  readonly what: string;
  readonly children: ReactNode;
}

interface State {
  readonly failure: { readonly error: unknown } | null;
}

/** A part that fails to draw, or whose code does not come, says so in its place; the rest of the page, and the run, go on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failure: null };
  private stopListening: () => void = () => undefined;

  static getDerivedStateFromError(error: unknown): State {
    return { failure: { error } };
  }

  override componentDidCatch(error: unknown): void {
    console.warn(`${this.props.what} could not be drawn`, error);
    this.stopListening();
    // Code that another place asked for again comes here too.
    if (error instanceof NotFetched) this.stopListening = error.part.onAgain(this.drawAgain);
  }

  override componentWillUnmount(): void {
    this.stopListening();
  }

  private readonly drawAgain = (): void => {
    this.stopListening();
    this.setState({ failure: null });
  };

  override render(): ReactNode {
    if (!this.state.failure) return this.props.children;
    const { what } = this.props;
    const { error } = this.state.failure;
    if (error instanceof NotFetched) {
      return (
        <div className="empty" role="alert">
          <p>{what} could not be fetched. Check the connection; nothing of the run is lost.</p>
          <button type="button" className="button" onClick={() => error.part.again()}>
            Fetch it again
          </button>
        </div>
      );
    }
    return (
      <div className="empty" role="alert">
        <p>{what} could not be drawn. Nothing of the run is lost.</p>
        <button type="button" className="button" onClick={this.drawAgain}>
          Draw it again
        </button>
      </div>
    );
  }
}

/**
 * A boundary around parts that take each other's place: a failure of one is gone with it, and what fails while it goes (where its
 * own boundary goes too) does not take the rest of the page along.
 *
 * @param of which part stands here
 */
export function ResettingErrorBoundary({ what, of, children }: Props & { readonly of: string }) {
  return (
    <ErrorBoundary what={what}>
      <ErrorBoundary what={what} key={of}>
        {children}
      </ErrorBoundary>
    </ErrorBoundary>
  );
}
