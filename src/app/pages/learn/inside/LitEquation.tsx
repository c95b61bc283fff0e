import { Equation } from '../../../figure/Equation';
import type { FlowPicture } from './flow';

/** An equation in parts, of which the one that is told of now is lit; at the end the same in numbers. */
export function LitEquation({
  picture,
  step,
}: {
  readonly picture: Pick<FlowPicture, 'equation' | 'inNumbers' | 'steps'>;
  readonly step: number;
}) {
  return (
    <div className="lit-equation" data-testid="lit-equation" data-step={step + 1}>
      {picture.equation.map((part) => (
        <div
          key={part.tex}
          className={part.step === step ? 'lit' : ''}
          aria-current={part.step === step ? 'step' : undefined}
        >
          <Equation tex={part.tex} />
        </div>
      ))}
      {step === picture.steps.length - 1 && (
        <div className="lit" data-testid="in-numbers">
          <Equation tex={picture.inNumbers} />
        </div>
      )}
    </div>
  );
}
