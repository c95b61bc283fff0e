interface Props {
  readonly steps: readonly { readonly title: string; readonly text: string }[];
  readonly step: number;
  readonly onStep: (step: number) => void;
}

/** Which step is told of, and its words; Enter on “Next step” goes on. */
export function StepBar({ steps, step, onStep }: Props) {
  const { title, text } = steps[step]!;
  return (
    <div className="step-bar">
      <div className="step-buttons">
        <button type="button" className="button" disabled={step === 0} onClick={() => onStep(step - 1)}>
          Step back
        </button>
        <button
          type="button"
          className="button"
          data-testid="next-step"
          disabled={step === steps.length - 1}
          onClick={() => onStep(step + 1)}
        >
          Next step
        </button>
        <span className="muted">
          step {step + 1} of {steps.length}
        </span>
      </div>
      <div className="learn-said" data-testid="step-said" aria-live="polite">
        <strong>{title}.</strong> {text}
      </div>
    </div>
  );
}
