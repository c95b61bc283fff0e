import { useEffect, useState } from 'react';
import { ResettingErrorBoundary } from '../../ErrorBoundary';
import { useRunActions } from '../../store/runActions';
import { refreshCatalogue, useCatalogue } from '../../store/catalogue';
import { useSetup } from '../../store/setup';
import { Catalogue } from './Catalogue';
import { DatasetView } from './DatasetView';
import { ImportView } from './ImportView';
import { SimulatorView } from './SimulatorView';
import './data.css';

type View =
  | { readonly kind: 'dataset'; readonly id: string }
  | { readonly kind: 'import' }
  | { readonly kind: 'simulate'; readonly twin: string };

/** The catalogue, one dataset opened, import, and the simulator. */
export function DataPage() {
  const { client } = useRunActions();
  const chosen = useSetup((state) => state.setup.dataset);
  const entries = useCatalogue((state) => state.entries);
  const [view, setView] = useState<View>({ kind: 'dataset', id: chosen });
  useEffect(() => {
    if (!entries) void refreshCatalogue(client);
  }, [client, entries]);
  const open = (id: string) => setView({ kind: 'dataset', id });
  const made = (id: string) => {
    void refreshCatalogue(client);
    open(id);
  };
  return (
    <div className="data">
      <Catalogue
        open={view.kind === 'dataset' ? view.id : null}
        onOpen={open}
        onImport={() => setView({ kind: 'import' })}
        onSimulate={() => setView({ kind: 'simulate', twin: 'aliccp-3' })}
        mode={view.kind}
      />
      <div className="data-main">
        <ResettingErrorBoundary what="This part" of={view.kind === 'dataset' ? view.id : view.kind}>
          {view.kind === 'dataset' && (
            <DatasetView
              id={view.id}
              onSimulate={(twin) => setView({ kind: 'simulate', twin })}
              onRemoved={() => open(chosen)}
            />
          )}
          {view.kind === 'import' && <ImportView onDone={made} />}
          {view.kind === 'simulate' && <SimulatorView twin={view.twin} onDone={made} />}
        </ResettingErrorBoundary>
      </div>
    </div>
  );
}
