import { useEffect, useMemo } from 'react';
import { claimsOf, CLAIMING_PAPERS } from '../../../studies/claims';
import { claimRows } from '../../../studies/reproduce/claimRows';
import { modelTitle } from '../../../studies/setups';
import { QueuePanel } from '../../runs/QueuePanel';
import { Segments } from '../../Segments';
import { useSetup } from '../../store/setup';
import type { ReproducePart } from '../../store/reproduceView';
import { useNotices } from '../../store/notices';
import { readStudies, useStudies } from '../../store/studies';
import { ClaimsPart } from './ClaimsPart';
import { DosesPart } from './DosesPart';
import { RanksPart } from './RanksPart';
import { Reports } from './Reports';
import { TablesPart } from './TablesPart';
import { unknownNames } from './unknownNames';
import './reproduce.css';

const PARTS: readonly { readonly value: ReproducePart; readonly label: string }[] = [
  { value: 'claims', label: 'Claims' },
  { value: 'tables', label: 'Tables' },
  { value: 'doses', label: 'Doses' },
  { value: 'ranks', label: 'Ranks' },
];

/** What the papers claim, what stored studies found, and any of it again in this browser. */
export function ReproducePage() {
  const view = useSetup((state) => state.reproduce);
  const { part, paper: asked } = view;
  const look = useSetup((state) => state.look);
  const { state, studies, problems } = useStudies();
  useEffect(() => void readStudies(), []);
  const rows = useMemo(
    () =>
      claimRows(
        CLAIMING_PAPERS.flatMap((paper) => claimsOf(paper).claims),
        studies,
      ),
    [studies],
  );
  const paper = CLAIMING_PAPERS.find((one) => one === asked) ?? null;
  const studyOf = (id: string) => studies.find((one) => one.id === id) ?? null;
  const first = paper ?? CLAIMING_PAPERS[0]!;
  const cells = studies.reduce((sum, study) => sum + study.cells.length, 0);
  const reading = state === 'unread' || state === 'reading';
  useEffect(() => {
    if (reading) return;
    const { problems: unknown, without } = unknownNames(view, studies);
    if (unknown.length === 0) return;
    useNotices.getState().tell('error', unknown.join(' '));
    look(without);
  }, [reading, view, studies, look]);
  return (
    <div className="reproduce" data-testid="reproduce" data-studies={reading ? '' : studies.length}>
      <header className="reproduce-head">
        <h1>Reproduce</h1>
        <Segments
          label="What to look at"
          testId="reproduce-part"
          value={part}
          options={PARTS}
          onChange={(value) => look({ part: value, world: null })}
        />
        {(part === 'tables' || part === 'doses') && (
          <label>
            Paper{' '}
            <select
              data-testid="reproduce-paper"
              value={part === 'tables' ? first : (paper ?? '')}
              onChange={(event) => look({ paper: event.target.value || null, table: null, world: null })}
            >
              {part === 'doses' && <option value="">all</option>}
              {CLAIMING_PAPERS.map((one) => (
                <option key={one} value={one}>
                  {modelTitle(one)}
                </option>
              ))}
            </select>
          </label>
        )}
        <span className="header-gap" />
        {studies.length > 0 && <Reports rows={rows} studies={studies} />}
      </header>
      <QueuePanel />
      {problems.map((problem) => (
        <p key={problem} role="alert">
          {problem}
        </p>
      ))}
      {!reading && cells === 0 && (
        <p className="muted" data-testid="no-studies">
          No run is stored with this build: the claims and the printed tables stand here, the rest says “not
          run”. Run it with npm run study -- --plan claims, or train any row in the Lab.
        </p>
      )}
      {reading ? (
        <p className="muted">Reading the stored studies…</p>
      ) : (
        <>
          <h2 className="visually-hidden">{PARTS.find(({ value }) => value === part)?.label}</h2>
          {part === 'claims' && <ClaimsPart rows={rows} papers={CLAIMING_PAPERS} />}
          {part === 'tables' && <TablesPart key={first} paper={first} study={studyOf(first)} />}
          {part === 'doses' && (
            <DosesPart rows={rows} studies={studies} papers={paper === null ? CLAIMING_PAPERS : [paper]} />
          )}
          {part === 'ranks' && <RanksPart studies={studies} />}
        </>
      )}
    </div>
  );
}
