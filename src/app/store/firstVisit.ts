/** Whether the Lab still offers a story to somebody who has not been here. Kept over visits. */
import { create } from 'zustand';

const KEY = 'scenarium-story-offered';

function answered(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    // Storage may be refused (private windows): then it is offered on every visit.
    return false;
  }
}

interface FirstVisit {
  readonly offers: boolean;
  /** The story was opened, or the offer put away. */
  readonly answer: () => void;
}

export const useFirstVisit = create<FirstVisit>((set) => ({
  offers: !answered(),
  answer() {
    try {
      localStorage.setItem(KEY, '1');
    } catch {
      // As above: put away for as long as the page is open.
    }
    set({ offers: false });
  },
}));
