/** What other rooms need of the data room. `import/` has an entry of its own. */
export { allocateBatch, layoutWidth, readBatch, type BatchLayout, type HostBatch } from './batches';
export {
  SPLIT,
  type Dataset,
  type Field,
  type History,
  type Scenario,
  type SplitName,
  type Truth,
} from './dataset';
export * from './format';
export * from './simulate';
export { resplit, SPLIT_RULES, type SplitRule, type SplitRuleId } from './splits';
