import { useEffect, useMemo } from 'react';
import type { Ablation } from '../../../studies/ablation/ablation';
import { toLatex, toMarkdown, toPrinted, toTable } from '../../../studies/ablation/documents';
import { ablationSections, agreement } from '../../../studies/ablation/sections';
import type { Direction } from '../../../studies/ablation/direction';
import type { AblationCell, Section } from '../../../studies/ablation/sections';
import { significanceStars } from '../../../studies/format';
import { modelTitle } from '../../../studies/setups';
import { Figure } from '../../figure/Figure';
import { download } from '../../figure/export';
import { fixedDigits, formatAuc, formatP, formatSigned } from '../../format';
import { useRunActions } from '../../store/runActions';
import { readFinalMetrics, useFinalMetrics } from '../../store/finalMetrics';
import { useSetup } from '../../store/setup';
import { report } from '../../store/notices';
import { useRuns } from '../../store/runs';
import './ablationResult.css';

const MARKS: Record<Direction, string> = {
  agrees: '✓',
  'agrees, within chance': '✓',
  opposite: '✗',
  'opposite, within chance': '✗',
};

/** One ablation as the tables that it makes, filling as its runs finish. */
export function AblationResult({ ablation }: { readonly ablation: Ablation }) {
  const { client } = useRunActions();
  const list = useRuns((state) => state.list);
  const byRun = useFinalMetrics((state) => state.byRun);
  const curve = useSetup((state) => state.curve);
  const { runs } = ablation;
  useEffect(() => {
    // Deleted runs can come back by undo, so every change of the list looks again for what is missing.
    void readFinalMetrics(
      client.runs,
      runs.filter((run) => run !== null),
    ).catch(report);
  }, [client, runs, list]);
  const gone = useMemo(() => {
    const kept = new Set(list?.map((run) => run.id));
    return list === null ? 0 : runs.filter((run) => run !== null && !kept.has(run)).length;
  }, [runs, list]);
  const known = useMemo(
    () => runs.flatMap((run) => (run === null ? [] : (byRun.get(run) ?? []))),
    [runs, byRun],
  );
  const kind = known.every(({ final }) => final.domainNoiseFreeAuc !== null) ? curve : 'drawn';
  const sections = useMemo(
    () => ablationSections(ablation, (run) => byRun.get(run), kind),
    [ablation, byRun, kind],
  );
  const dataset = known[0]?.datasetTitle ?? ablation.base.dataset;
  return (
    <section
      className="ablation"
      data-testid="ablation"
      data-done={known.length}
      data-total={runs.length}
      aria-label={`Ablation: ${ablation.name}`}
    >
      <p className="muted">
        {ablation.name}: {known.length} of {runs.length} runs, {ablation.seeds.length} seed
        {ablation.seeds.length === 1 ? '' : 's'}, {ablation.base.training.steps} steps at most
        {gone > 0 && `; ${gone} of them deleted, their metrics stay while the page is open`}
      </p>
      {known.length === 0 ? (
        <p className="muted">Its table appears with the first finished run.</p>
      ) : (
        sections.map((section) => (
          <SectionFigure
            key={section.id}
            section={section}
            model={modelTitle(ablation.base.model)}
            dataset={dataset}
            metric={kind === 'noiseFree' ? 'Noise-free AUC' : 'AUC'}
          />
        ))
      )}
    </section>
  );
}

/** `Table 5` is found as `figure-ablation-table-5`. */
function hookOf(id: string): string {
  return `ablation-${id.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

function SectionFigure({
  section,
  model,
  dataset,
  metric,
}: {
  readonly section: Section;
  readonly model: string;
  readonly dataset: string;
  readonly metric: string;
}) {
  const name = hookOf(section.id);
  const agreed = agreement(section);
  const save = (extension: string, text: typeof toMarkdown) => () =>
    download(`scenarium-${name}.${extension}`, text(section, model, dataset), 'text/plain');
  return (
    <Figure
      name={name}
      className="ablation-table"
      title={`${model}${section.id === 'switches' ? '' : `, ${section.id}`}: ${section.title || 'variants'}`}
      reading={`${metric} on ${dataset}, mean ± standard deviation over seeds; below it the difference from the reference (Student’s paired test: * p < 0.05, ** < 0.01, *** < 0.001)${section.source ? ', then what the paper prints' : ''}.`}
      equation={String.raw`t=\frac{\bar d}{s_d/\sqrt n},\qquad d_i=\mathrm{AUC}_i-\mathrm{AUC}^{\mathrm{ref}}_i`}
      table={toTable(section)}
      printed={() => toPrinted(section)}
      files={[
        { label: 'Markdown', save: save('md', toMarkdown) },
        { label: 'LaTeX', save: save('tex', toLatex) },
      ]}
    >
      <div className="table-scroll" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Variant</th>
              {section.columns.map((column) => (
                <th key={column.key} scope="col" className="number">
                  {column.label}
                  {column.printed !== null && <span className="muted"> (paper: {column.printed})</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {section.rows.map((row) => (
              <tr
                key={row.name}
                data-variant={row.name}
                className={row.reference ? 'ablation-reference' : undefined}
              >
                <th scope="row">
                  {row.name}
                  <span className="difference">
                    {row.reference ? 'reference' : ''}
                    {!row.asked ? 'not trained' : row.seeds === 0 ? ' waiting' : ''}
                  </span>
                </th>
                {row.cells.map((cell, c) => (
                  <td key={section.columns[c]!.key} className="number">
                    <CellText cell={cell} asked={row.asked} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {section.stated.length > 0 && (
        <ul className="ablation-stated">
          {section.stated.map((one) => (
            <li key={`${one.above}>${one.below}`}>
              {one.above} above {one.below}:{' '}
              {one.difference === null ? 'not yet' : formatSigned(one.difference)}
              {significanceStars(one.p)} {one.direction && <Mark direction={one.direction} />}{' '}
              <span className="muted">{one.where}</span>
            </li>
          ))}
        </ul>
      )}
      {section.source && (
        <p className="ablation-source" data-testid={`${name}-agreement`}>
          {agreed.compared === 0
            ? 'Nothing to hold against the paper yet.'
            : `${agreed.agree} of ${agreed.compared} directions are the paper’s, ${agreed.beyondChance} of them beyond chance; ${agreed.oppositeBeyondChance} go the other way beyond chance.`}{' '}
          <span className="muted">
            Beside it: {section.source}. {section.note}
          </span>
        </p>
      )}
    </Figure>
  );
}

function Mark({ direction }: { readonly direction: Direction }) {
  return (
    <span className={`ablation-mark ${direction.endsWith('chance') ? 'chance' : ''}`} title={direction}>
      <span aria-hidden="true">{MARKS[direction]}</span>
      <span className="visually-hidden">{direction}</span>
    </span>
  );
}

function CellText({ cell, asked }: { readonly cell: AblationCell; readonly asked: boolean }) {
  return (
    <>
      {cell.spread ? (
        <>
          {formatAuc(cell.spread.mean)}
          {cell.spread.deviation !== null && (
            <span className="spread"> ±{fixedDigits(cell.spread.deviation, 4)}</span>
          )}
        </>
      ) : (
        <span className="muted">{cell.missing ?? (asked ? '…' : '–')}</span>
      )}
      {cell.difference !== null && (
        <span
          className="difference strong-difference"
          title={cell.p === null ? 'one seed' : `p = ${formatP(cell.p)}`}
        >
          {formatSigned(cell.difference)}
          {significanceStars(cell.p)}
        </span>
      )}
      {(cell.printed !== null || cell.printedDifference !== null) && (
        <span className="difference">
          paper{' '}
          {cell.printedDifference === null ? formatAuc(cell.printed) : formatSigned(cell.printedDifference)}{' '}
          {cell.direction && <Mark direction={cell.direction} />}
        </span>
      )}
    </>
  );
}
