import { useState } from 'react';
import { Figure } from '../../../figure/Figure';
import { Drawn } from '../Drawn';
import { areadPicture } from '../inside/aread';
import { causalintPicture } from '../inside/causalint';
import type { FlowPicture, StoredFlow } from '../inside/flow';
import { FlowDrawing } from '../inside/FlowDrawing';
import aread from '../inside/flows/aread.json';
import causalint from '../inside/flows/causalint.json';
import mscan from '../inside/flows/mscan.json';
import optmsm from '../inside/flows/optmsm.json';
import sarnet from '../inside/flows/sarnet.json';
import scenarios from '../inside/flows/scenarios.json';
import { LitEquation } from '../inside/LitEquation';
import { mscanPicture } from '../inside/mscan';
import { optmsmPicture } from '../inside/optmsm';
import { RankingPicture } from '../inside/RankingPicture';
import { sarnetPicture } from '../inside/sarnet';
import { StepBar } from '../inside/StepBar';
import type { Story } from '../story';
import { formatCount } from '../../../format';

/** What was kept of each story's run, and how it is drawn; the story before all papers has a ranking instead. */
const FLOWS = {
  scenarios: { flow: { ...scenarios, story: 'scenarios' }, draw: null },
  sarnet: { flow: { ...sarnet, story: 'sarnet' }, draw: sarnetPicture },
  causalint: { flow: { ...causalint, story: 'causalint' }, draw: causalintPicture },
  optmsm: { flow: { ...optmsm, story: 'optmsm' }, draw: optmsmPicture },
  mscan: { flow: { ...mscan, story: 'mscan' }, draw: mscanPicture },
  aread: { flow: { ...aread, story: 'aread' }, draw: areadPicture },
} as const satisfies Record<
  string,
  { readonly flow: StoredFlow; readonly draw: ((flow: StoredFlow) => FlowPicture) | null }
>;

/** One row through a small trained network, step by step. */
export function InsideScreen({ story }: { readonly story: Story }) {
  const [step, setStep] = useState(0);
  const { flow, draw } = FLOWS[story.id];
  const source = (
    <p className="muted learn-source">
      Numbers of one trained run, stored with the page. <a href={flow.address}>Train it again in the Lab</a>
    </p>
  );
  if (draw === null)
    return (
      <>
        <RankingPicture flow={flow} />
        {source}
      </>
    );
  const picture = draw(flow);
  const { row } = flow;
  return (
    <>
      <Figure
        name="learn-flow"
        title={`Row ${formatCount(row.row)}: person ${row.person}, item ${row.item}, ${row.scenario}, place ${row.place}, ${row.clicked ? 'clicked' : 'not clicked'}`}
        reading={`${flow.data}, a run of ${flow.step} steps. Thick arrows weigh more; what is told of later is dim.`}
        table={{
          columns: ['part', 'number'],
          rows: [
            ...picture.boxes.map(({ label, value, id }) => [label || id, value ?? '']),
            ...picture.arrows.flatMap(({ from, to, value }) => {
              const name = (id: string): string => picture.boxes.find((box) => box.id === id)?.label || id;
              return value === undefined ? [] : [[`${name(from)} → ${name(to)}`, value]];
            }),
          ],
        }}
      >
        <Drawn>
          {(width, narrow) => (
            <FlowDrawing
              picture={picture}
              step={step}
              width={width}
              narrow={narrow}
              label={`One row through the network, step ${step + 1} of ${picture.steps.length}; the numbers are in the table.`}
            />
          )}
        </Drawn>
      </Figure>
      <StepBar steps={picture.steps} step={step} onStep={setStep} />
      <LitEquation picture={picture} step={step} />
      {source}
    </>
  );
}
