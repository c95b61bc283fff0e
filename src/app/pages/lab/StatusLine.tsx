import { isUnderWay } from '../../../workers/protocol';
import { formatBytes, formatCount, formatDuration } from '../../format';
import { useCurrentRun, useVitals } from '../../store/runActions';
import type { RunView } from '../../store/runView';

const BACKENDS = { webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' } as const;

function stateText(view: RunView): string {
  switch (view.state) {
    case 'ready':
      return 'Ready';
    case 'compiling':
      return view.activity ?? 'Compiling';
    case 'training':
      return view.activity ?? 'Training';
    case 'paused':
      return 'Paused';
    case 'done':
      if (view.doneReason === 'early-stop')
        return `Stopped early: best at step ${formatCount(view.bestStep)}`;
      return view.doneReason === 'stopped' ? `Stopped: best at step ${formatCount(view.bestStep)}` : 'Done';
    case 'failed':
      return view.failure ?? 'Failed';
    default:
      return view.state satisfies never;
  }
}

/** State, backend with its reason, step, speed, time left, memory. */
export function StatusLine() {
  const view = useCurrentRun();
  const vitals = useVitals();
  const backend = view.backend;
  const running = isUnderWay(view.state);
  const progress = view.steps > 0 ? Math.min(1, view.step / view.steps) : 0;
  return (
    <footer className="status" data-testid="status-line">
      {running && <div className="status-progress" style={{ width: `${progress * 100}%` }} />}
      <strong data-testid="status-state" role="status">
        {stateText(view)}
      </strong>
      {view.state !== 'ready' && (
        <span data-testid="status-step">
          step {formatCount(view.step)} of {formatCount(view.steps)}
        </span>
      )}
      {view.state === 'training' && vitals.samplesPerSecond !== null && (
        <span>{formatCount(vitals.samplesPerSecond)} rows/s</span>
      )}
      {view.state === 'training' && vitals.secondsLeft !== null && (
        <span>{formatDuration(vitals.secondsLeft)} left</span>
      )}
      {vitals.bytes > 0 && <span title={`${vitals.tensors} tensors`}>{formatBytes(vitals.bytes)}</span>}
      {view.parameters !== null && <span>{formatCount(view.parameters)} parameters</span>}
      <span className="grow" title={backend?.reason}>
        {backend && (
          <>
            {BACKENDS[backend.name]}
            {backend.name === 'wasm' &&
              ` (${backend.threads} thread${backend.threads === 1 ? '' : 's'}${backend.simd ? `, ${backend.wide ? '256-bit ' : ''}SIMD` : ''})`}
            {backend.adapter && ` on ${backend.adapter}`}
            {backend.software && ' (software)'}
            {` · ${backend.reason}`}
          </>
        )}
      </span>
    </footer>
  );
}
