/** The scenario under the pointer or the keyboard's focus, by id; every picture shows it. */
import { create } from 'zustand';

interface Highlight {
  readonly scenario: string | null;
  readonly point: (scenario: string | null) => void;
}

export const useHighlight = create<Highlight>((set, get) => ({
  scenario: null,
  point(scenario) {
    if (get().scenario !== scenario) set({ scenario });
  },
}));

/** Handlers that make an element point at a scenario. */
export function pointing(scenario: string) {
  const { point } = useHighlight.getState();
  return {
    onPointerEnter: () => point(scenario),
    onPointerLeave: () => point(null),
    onFocus: () => point(scenario),
    onBlur: () => point(null),
  };
}
