import { useCallback } from 'react';
import { create } from 'zustand';
import type { WorkerClient } from '../../../workers/client';
import type { WhatIfRequest } from '../../../workers/protocol';
import type { RunView } from '../../store/runView';
import { useAsked } from '../useAsked';

/** The row that is asked about; kept while tabs and runs change, so that two models are asked the same. */
export const useWhatIfRequest = create<WhatIfRequest>(() => ({ row: 0, edits: {}, scenario: null }));

/** Another row, as it is in the data. */
export function chooseRow(row: number): void {
  useWhatIfRequest.setState({ row, edits: {}, scenario: null });
}

/** The run's answer to the request on show. */
export function useWhatIf(view: RunView) {
  const request = useWhatIfRequest();
  const ask = useCallback((client: WorkerClient) => client.whatIf(request), [request]);
  return useAsked(view, ask);
}
