import { lazy } from 'react';
import type { ComponentType, ReactNode } from 'react';

/** Code of a part of the page did not come. Whoever shows it may ask again, and hears when another did. */
export class NotFetched extends Error {
  override readonly name = 'NotFetched';

  constructor(
    readonly part: { again(): void; onAgain(listener: () => void): () => void },
    cause: unknown,
  ) {
    super('Code of the page could not be fetched.', { cause });
  }
}

/** A style sheet that did not come is not asked for again by those who need it: ask here. */
function fetchStylesAgain(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]'))
    if (!link.sheet) link.replaceWith(link.cloneNode());
}

/**
 * A component whose code is fetched when it is first drawn. Like React's `lazy`, which remembers a fetch that failed for as
 * long as the page is open; here it fails with `NotFetched`, which `ErrorBoundary` shows with a button that asks again.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => ReactNode {
  const listeners = new Set<() => void>();
  const part = {
    again() {
      fetchStylesAgain();
      Part = fetched();
      for (const listener of [...listeners]) listener();
    },
    onAgain(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const fetched = () =>
    lazy(() =>
      load().then(
        (component) => ({ default: component }),
        (error: unknown) => {
          throw new NotFetched(part, error);
        },
      ),
    );
  let Part = fetched();
  return function LazyPart(props) {
    return <Part {...props} />;
  };
}
