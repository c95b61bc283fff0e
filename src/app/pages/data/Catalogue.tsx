import { formatCount } from '../../format';
import { useCatalogue } from '../../store/catalogue';

interface Props {
  readonly open: string | null;
  readonly mode: 'dataset' | 'import' | 'simulate';
  readonly onOpen: (id: string) => void;
  readonly onImport: () => void;
  readonly onSimulate: () => void;
}

const KINDS = { sample: 'Samples', simulated: 'Simulated here', imported: 'Imported' } as const;

export function Catalogue({ open, mode, onOpen, onImport, onSimulate }: Props) {
  const entries = useCatalogue((state) => state.entries);
  return (
    <nav className="catalogue" aria-label="Datasets">
      <h1>Data</h1>
      <div className="catalogue-actions">
        <button
          type="button"
          className="button"
          aria-pressed={mode === 'import'}
          data-testid="open-import"
          onClick={onImport}
        >
          Import a file
        </button>
        <button
          type="button"
          className="button"
          aria-pressed={mode === 'simulate'}
          data-testid="open-simulator"
          onClick={onSimulate}
        >
          Simulate a world
        </button>
      </div>
      {!entries && <p className="muted">Reading the catalogue…</p>}
      {(['sample', 'simulated', 'imported'] as const).map((kind) => {
        const some = entries?.filter((entry) => entry.kind === kind) ?? [];
        return some.length === 0 ? null : (
          <section key={kind} aria-label={KINDS[kind]}>
            <h2 className="catalogue-kind">{KINDS[kind]}</h2>
            <ul>
              {some.map((entry) => (
                <li key={entry.id}>
                  <button
                    type="button"
                    data-dataset={entry.id}
                    aria-current={entry.id === open ? 'true' : undefined}
                    onClick={() => onOpen(entry.id)}
                  >
                    <span>{entry.title}</span>
                    <span className="muted">
                      {entry.scenarios} scenarios, {formatCount(entry.rows)} rows
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <p className="picker-note">
        Samples are simulated, by a causal model whose truth is known: twins of published datasets, not the
        companies’ logs, and worlds that hold one cause each. Files stay on this machine.
      </p>
    </nav>
  );
}
