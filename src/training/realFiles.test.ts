/**
 * Samples of published logs: every model either trains on each to metrics or says in one sentence what it lacks. The files are
 * never copied into the project, so a machine may lack them (SCENARIUM_REAL_LOGS names their folder).
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildDataset, inspectFile } from '../data/import';
import { openBackend } from '../engine';
import { models } from '../models/registry';
import { parseSetup } from './parseSetup';
import { createRun } from './run';
import { defaultTraining, presetSettings } from './setup';
import type { Dataset } from '../data/dataset';
import type { BackendInfo } from '../engine';
import type { TrainingEvent } from './events';
import type { TrainingSettings } from './settings';

const folder =
  process.env.SCENARIUM_REAL_LOGS ?? fileURLToPath(new URL('../../../shared/data/', import.meta.url));

const papers = ['sarnet', 'causalint', 'optmsm', 'mscan', 'aread'];
const others = models.flatMap(({ id }) => (papers.includes(id) ? [] : [id]));
const readsBehaviours = new Set(['sarnet', 'mscan', 'din']);
const files = [
  { file: 'aliccp-30-domains.csv', scenarios: 30, lacksHistory: true },
  { file: 'amazon-25-domains.csv', scenarios: 25, lacksHistory: false },
  { file: 'mind-4-categories.csv', scenarios: 4, lacksHistory: true },
  { file: 'douban-3-domains.csv', scenarios: 3, lacksHistory: true },
  { file: 'kuairand-1-tab.csv', scenarios: 1, lacksHistory: true },
  { file: 'aliccp-raw-fields.csv', scenarios: 3, lacksHistory: true },
] as const;

if (!existsSync(folder))
  it('samples of published logs are not on this machine, so no model was tried on them', () => {
    console.log(`No folder ${folder}; set SCENARIUM_REAL_LOGS to try models on published logs.`);
    expect(existsSync(folder)).toBe(false);
  });
else
  describe.each(files)('$file', ({ file, scenarios, lacksHistory }) => {
    let dataset: Dataset;
    let backend: BackendInfo;
    beforeAll(async () => {
      backend = await openBackend('wasm');
      const bytes = new Uint8Array(readFileSync(`${folder}/${file}`));
      const { mapping } = await inspectFile(bytes, { name: file });
      ({ dataset } = await buildDataset(bytes, mapping, { name: file }));
    });

    const begin = (model: string, training: Partial<TrainingSettings>, pictures: boolean) =>
      createRun({
        id: 'run',
        dataset,
        backend,
        pictures,
        setup: parseSetup({
          model,
          settings: presetSettings(model, 'tiny'),
          training: { ...defaultTraining(), ...training },
          dataset: dataset.id,
          seed: 1,
          backend: 'wasm',
        }),
      });

    it.each(papers)('%s trains on it or says what it lacks', async (model) => {
      const training = { steps: 6, batch: 64, evaluateEvery: 3, evaluationRows: 100 };
      if (lacksHistory && readsBehaviours.has(model)) {
        expect(() => begin(model, training, true)).toThrow(/earlier behaviours.*map a list column/);
        return;
      }
      const run = begin(model, training, true);
      const events: TrainingEvent[] = [];
      for await (const event of run.events) events.push(event);
      run.dispose();
      const evaluations = events.flatMap((event) => (event.kind === 'evaluation' ? [event.metrics] : []));
      expect(evaluations).toHaveLength(2);
      for (const { overall, scenarios: own } of evaluations) {
        expect(Number.isFinite(overall.logLoss)).toBe(true);
        // A few hundred rows hold no click of some scenarios: a number or nothing, never NaN.
        expect(own.map(({ auc }) => auc === null || (auc >= 0 && auc <= 1))).toEqual(own.map(() => true));
        expect(own).toHaveLength(scenarios);
      }
      const done = events.at(-1);
      expect(done?.kind === 'done' && done.final.scenarios.length).toBe(scenarios);
    });

    it('every other model takes its fields, histories and scenarios for two steps, or says what it lacks', async () => {
      const training = { steps: 2, batch: 256, evaluateEvery: 2, evaluationRows: 50 };
      for (const model of others) {
        if (lacksHistory && readsBehaviours.has(model)) {
          expect(() => begin(model, training, false), model).toThrow(/earlier behaviours.*map a list column/);
          continue;
        }
        const run = begin(model, training, false);
        for await (const _ of run.events);
        expect(run.state.doneReason, model).toBe('steps');
        expect(run.state.final?.overall.logLoss, model).toBeGreaterThan(0);
        expect(run.state.final?.scenarios.length, model).toBe(scenarios);
        run.dispose();
      }
    });
  });
