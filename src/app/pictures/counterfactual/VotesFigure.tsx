import { useMemo, useState } from 'react';
import type { ProbeSpec } from '../../../models/definition';
import { HeatMap } from '../../charts/HeatMap';
import type { HeatScale } from '../../charts/heatDraw';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { useStep } from '../../figure/stage';
import { MAX_CELLS } from '../../figure/types';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { Segments } from '../../Segments';
import { useTheme } from '../../store/theme';
import { AskButton } from '../AskButton';
import { atFirstEvaluation } from '../awaited';
import { picture, probeNamed } from '../picture';
import { FrameSlider } from '../probe/FrameSlider';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { MatrixBases } from '../probe/modes';
import { axisLabels, matrixOf } from '../probe/probe';
import { votesHeadline } from '../headlines/matrixWords';
import { useComputed } from '../useScoredRows';
import { saveScored } from './scoredCsv';
import { compareVotes, voteRows } from './votes';
import { formatPercent } from '../../format';

const SHOWN = [
  { value: 'votes', label: 'votes' },
  { value: 'truth', label: 'truth' },
] as const;

const TABLE_COLUMNS = ['shown in', 'voted by', 'vote', 'true rate', 'difference'] as const;

const rate = (value: number): string => formatPercent(value, 2);

const said = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'undefined' : rate(value);

/** Votes of every scenario's expert on every scenario's rows, beside what would truly have been clicked there. */
function VotesFigure({ view, spec }: { readonly view: RunView; readonly spec: ProbeSpec }) {
  const theme = useTheme((state) => state.theme);
  const frames = framesOf(view, spec.name);
  const [step, setStep] = useStep();
  const [wanted, setWanted] = useState<(typeof SHOWN)[number]['value']>('votes');
  const frame = (step === null ? frames.at(-1) : frames.findLast((one) => one.step <= step)) ?? null;
  const truth = useComputed(view, (actions) => actions.client.counterfactualRates('test'));
  const saved = useComputed(view, async ({ client }) => {
    const scored = await client.predict('test');
    saveScored(scored);
    return scored.rows.length;
  });
  const votes = useMemo(() => (frame ? matrixOf(frame.value, []) : null), [frame]);
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const count = votes?.rows ?? 0;
  const { scenarios, fields } = view;
  const labels = useMemo(
    () => axisLabels(spec.axes[0], count, { scenarios, fields }, colours),
    [spec, count, scenarios, fields, colours],
  );
  const known = truth.value;
  const compared = useMemo(() => (votes ? compareVotes(votes, known) : null), [votes, known]);
  const shown = known ? wanted : 'votes';
  const matrix = useMemo(
    () => (votes && known && shown === 'truth' ? { ...votes, values: known, defined: null } : votes),
    [votes, known, shown],
  );
  // Votes and truth on one scale.
  const scale = useMemo((): HeatScale => {
    const values = [...(votes?.values ?? []), ...(known ?? [])];
    return { kind: 'sequential', min: 0, max: values.reduce((most, value) => Math.max(most, value), 1e-6) };
  }, [votes, known]);
  const bases = useMemo(
    (): MatrixBases => ({ mean: true, truth: shown === 'votes' ? known : null }),
    [known, shown],
  );
  const { drawn, control } = useMatrixModes(matrix, scale, bases);
  const table = useMemo(
    () => ({
      columns: TABLE_COLUMNS,
      rows: votes ? voteRows(votes, known, labels, MAX_CELLS / TABLE_COLUMNS.length) : [],
      total: count * count,
    }),
    [votes, known, labels, count],
  );
  return (
    <Figure
      name="votes"
      className="probe"
      title="Votes: what each scenario’s expert expects of each scenario’s rows"
      headline={votes && votesHeadline(votes, known, labels)}
      reading={readingIn(
        'A row is where the impressions were shown, a column the scenario whose expert votes; the truth is the click rate had the same impressions been shown there.',
        drawn,
      )}
      controls={control}
      equation={spec.equation || null}
      table={table}
      exported={() => ({ columns: TABLE_COLUMNS, rows: votes ? voteRows(votes, known, labels) : [] })}
      empty={!votes && <p>{atFirstEvaluation(view)}</p>}
    >
      {votes && drawn && frame && (
        <div className="probe-split">
          <FrameSlider frames={frames} step={frame.step} onChange={setStep} />
          <div className="c-controls">
            {known && <Segments label="Shown" options={SHOWN} value={shown} onChange={setWanted} />}
            {known ? (
              <span data-testid="votes-error">
                error off the diagonal <b>{said(compared?.error)}</b>, bias {said(compared?.bias)}
              </span>
            ) : (
              <AskButton of={truth} busy="Asking the simulator" testId="votes-truth">
                Compare with the simulator’s truth
              </AskButton>
            )}
            <AskButton
              of={saved}
              busy="Scoring"
              testId="export-rows"
              title="Every test row with its votes and its gate"
              small
            >
              rows as CSV
            </AskButton>
          </div>
          <div className="probe-heat">
            <HeatMap
              label={spec.title}
              rows={labels}
              columns={labels}
              rowTitle="shown in"
              columnTitle="voted by"
              valueTitle={drawn.mode === 'value' ? 'click rate' : drawn.nameOf(drawn.mode)}
              data={drawn.data}
              scale={drawn.scale}
              format={rate}
              square
            />
          </div>
        </div>
      )}
    </Figure>
  );
}

export const votes = picture({
  id: 'votes',
  tab: 'counterfactual',
  replaces: ['votes'],
  accepts: probeNamed('votes'),
  Component: VotesFigure,
});
