import { useState } from 'react';
import { Figure } from '../../../figure/Figure';
import { Drawn } from '../Drawn';
import { formatAuc } from '../../../format';
import { list, named, one, short, tex } from './flow';
import type { StoredFlow } from './flow';
import { LitEquation } from './LitEquation';
import { aucByPairs, negativeTransfer } from './ranking';
import { StepBar } from './StepBar';

const LINE = 28;
const LEFT = 92;

/** Eight rows by a model's score, then AUC, ceiling, noise-free AUC, and what learning together did to each scenario. */
export function RankingPicture({ flow }: { readonly flow: StoredFlow }) {
  const [step, setStep] = useState(0);
  const scores = list(flow, 'score');
  const truth = list(flow, 'truth');
  const clicked = list(flow, 'clicked');
  const rows = scores.map((score, k) => ({
    name: named(flow, 'rows', k),
    score,
    truth: truth[k] ?? 0,
    clicked: clicked[k] === 1,
  }));
  const drawn = aucByPairs(rows.map(({ score, clicked: yes }) => ({ score, click: yes ? 1 : 0 })));
  const noiseFree = aucByPairs(rows.map(({ score, truth: p }) => ({ score, click: p })));
  const ceiling = aucByPairs(rows.map(({ truth: p }) => ({ score: p, click: p })));
  const best = aucByPairs(rows.map(({ truth: p, clicked: yes }) => ({ score: p, click: yes ? 1 : 0 })));
  const together = list(flow, 'together');
  const alone = list(flow, 'alone');
  const byTruth = step === 2;
  const order = [...rows].sort((a, b) => (byTruth ? b.truth - a.truth : b.score - a.score));
  const most = Math.max(...rows.map(({ score, truth: p }) => Math.max(score, p)));
  const changes = together.map((value, s) => negativeTransfer(value, alone[s] ?? 0));
  const equation = [
    { tex: String.raw`\mathrm{AUC} = P(\hat y_{\text{clicked}} > \hat y_{\text{not}})`, step: 1 },
    { tex: String.raw`\text{ceiling} = \mathrm{AUC}^{*}(p)`, step: 2 },
    {
      tex: String.raw`\mathrm{AUC}^{*}(\hat y) = \frac{\sum p_a (1 - p_b)\,[\hat y_a > \hat y_b]}{\sum p_a (1 - p_b)}`,
      step: 3,
    },
    {
      tex: String.raw`\text{transfer} = \mathrm{AUC}^{*}_{\text{together}} - \mathrm{AUC}^{*}_{\text{alone}}`,
      step: 4,
    },
  ];
  const worst = changes.indexOf(Math.min(...changes));
  const lost = changes.flatMap((value, s) => (value < 0 ? [named(flow, 'scenarios', s)] : []));
  const steps = [
    {
      title: 'Order',
      text: 'The bars are the model’s scores, largest on top. Filled dots were clicked. A good ranking has them at the top.',
    },
    {
      title: 'AUC',
      text: `Take every pair of a clicked row and one that was not: how often is the clicked one higher? In ${short((drawn ?? 0) * 100, 0)} % of these pairs: AUC ${formatAuc(drawn)}. Over all test rows of the scenario it is ${formatAuc(one(flow, 'all', 0))}.`,
    },
    {
      title: 'Ceiling',
      text: `Now the rows stand in the order of the truth, the upright marks. Clicks are drawn by chance, so even this order has an AUC of ${formatAuc(best)} on these clicks. What it would be on average is the ceiling: ${formatAuc(ceiling)} for these rows, ${formatAuc(one(flow, 'all', 2))} on validation rows of the scenario.`,
    },
    {
      title: 'Noise-free AUC',
      text: `Back to the model’s order, but each row counts by its true probability instead of the one click that was drawn: ${formatAuc(noiseFree)} for these rows, ${formatAuc(one(flow, 'all', 1))} over all test rows. Only a simulator can say this.`,
    },
    {
      title: 'Negative transfer',
      text: `One tower for all scenarios against a model for each alone: ${changes.map((value, s) => `${named(flow, 'scenarios', s)} ${value >= 0 ? '+' : ''}${short(value, 3)}`).join(', ')}. ${lost.length > 0 ? `Below zero is negative transfer: here in ${lost.join(', ')}, most in ${named(flow, 'scenarios', worst)}.` : 'Below zero would be negative transfer; in this run there is none.'} One run, one seed.`,
    },
  ];
  return (
    <>
      <Figure
        name="learn-flow"
        title={byTruth ? 'Eight rows in the order of the truth' : 'Eight rows in a model’s order'}
        reading={`Bar: the model’s score. Upright mark: true click probability, once told of. Filled dot: clicked. ${flow.data}; stored from a run of ${flow.step} steps.`}
        table={{
          columns: ['row', 'score', 'truth', 'clicked'],
          rows: order.map(({ name, score, truth: p, clicked: yes }) => [name, score, p, yes ? 1 : 0]),
        }}
      >
        <Drawn>
          {(width) => {
            const x = (value: number): number => LEFT + (value / most) * (width - LEFT - 80);
            return (
              <svg
                className="learn-drawing"
                viewBox={`0 0 ${width} ${rows.length * LINE + 8}`}
                role="img"
                aria-label="Eight rows with their scores, true probabilities and clicks; the numbers are in the table."
              >
                {order.map(({ name, score, truth: p, clicked: yes }, k) => {
                  const y = k * LINE + LINE / 2 + 4;
                  return (
                    <g key={`${name} ${score}`}>
                      <text x={LEFT - 8} y={y} textAnchor="end" dominantBaseline="central">
                        {name}
                      </text>
                      <rect x={LEFT} y={y - 8} width={x(score) - LEFT} height={16} className="ranking-bar" />
                      {step >= 2 && (
                        <line x1={x(p)} x2={x(p)} y1={y - 11} y2={y + 11} className="ranking-truth" />
                      )}
                      <circle
                        cx={width - 60}
                        cy={y}
                        r={6}
                        className={yes ? 'ranking-click' : 'ranking-none'}
                      />
                      <text x={width - 46} y={y} dominantBaseline="central" className="learn-axis">
                        {yes ? 'click' : ''}
                      </text>
                    </g>
                  );
                })}
              </svg>
            );
          }}
        </Drawn>
      </Figure>
      <StepBar steps={steps} step={step} onStep={setStep} />
      <LitEquation
        picture={{
          equation,
          steps,
          inNumbers: String.raw`${tex(together[worst] ?? 0, 3)} - ${tex(alone[worst] ?? 0, 3)} = ${tex(changes[worst] ?? 0, 3)}`,
        }}
        step={step}
      />
    </>
  );
}
