import { claimsLatex, runsCsv } from '../../../studies/reproduce/documents';
import type { ClaimRow } from '../../../studies/reproduce/claimRows';
import type { StoredStudy } from '../../../studies/evidence/format';
import { download } from '../../figure/export';
import { reportHtml } from '../../report/reportHtml';
import { attempt } from '../../store/notices';

interface Props {
  readonly rows: readonly ClaimRow[];
  readonly studies: readonly StoredStudy[];
}

/** Everything that is stored as files: a report that needs no server, all runs, the claims for a paper. */
export function Reports({ rows, studies }: Props) {
  const save = async () =>
    download(
      'scenarium-report.html',
      await reportHtml(
        rows.map(({ claim }) => claim),
        studies,
      ),
      'text/html',
    );
  return (
    <span className="reports" role="group" aria-label="Report">
      <button type="button" className="button" data-testid="report-html" onClick={() => attempt(save)}>
        Report
      </button>
      <button
        type="button"
        className="button"
        data-testid="report-csv"
        title="Every stored run with every figure"
        onClick={() => download('scenarium-runs.csv', runsCsv(studies), 'text/csv')}
      >
        CSV
      </button>
      <button
        type="button"
        className="button"
        data-testid="report-latex"
        title="The claims as a LaTeX table"
        onClick={() => download('scenarium-claims.tex', claimsLatex(rows), 'text/plain')}
      >
        LaTeX
      </button>
    </span>
  );
}
