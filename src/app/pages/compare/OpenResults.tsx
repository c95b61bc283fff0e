import { useAblations } from '../../store/ablations';
import { useQueue } from '../../store/queue';
import { useSetup } from '../../store/setup';

/** Opens what the queue has done: its runs side by side, and the table of its ablation. */
export function OpenResults({ runs }: { readonly runs: readonly string[] }) {
  const items = useQueue((queue) => queue.items);
  const set = useSetup((state) => state.set);
  return (
    <button
      type="button"
      className="button"
      data-testid="open-results"
      onClick={() => {
        set({ chosen: runs });
        useAblations.setState(({ kept, shown }) => ({
          kept,
          shown: kept.findLast(({ id }) => items.some((item) => item.batch === id))?.id ?? shown,
        }));
      }}
    >
      Open the table
    </button>
  );
}
