import { Segments } from '../../Segments';
import { useSetup } from '../../store/setup';
import type { ReproducePart } from '../../store/reproduceView';
import './reproduce.css';

const PARTS: readonly { readonly value: ReproducePart; readonly label: string }[] = [
  { value: 'claims', label: 'Claims' },
  { value: 'tables', label: 'Tables' },
  { value: 'doses', label: 'Doses' },
  { value: 'ranks', label: 'Ranks' },
];

/** What the papers claim, what stored studies found, and any of it again in this browser. */
export function ReproducePage() {
  const { part } = useSetup((state) => state.reproduce);
  const look = useSetup((state) => state.look);
  return (
    <div className="reproduce">
      <header className="reproduce-head">
        <h1>Reproduce</h1>
        <Segments
          label="What to look at"
          testId="reproduce-part"
          value={part}
          options={PARTS}
          onChange={(value) => look({ part: value })}
        />
      </header>
      <div className="empty" data-testid="no-studies">
        <p>No study is stored with this build yet.</p>
      </div>
    </div>
  );
}
