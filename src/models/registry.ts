/** Every model of the lab. A new model is one line here; tests, forms, docs and pictures follow from its definition. */
import { adaptdhm } from './baselines/adaptdhm';
import { adasparse } from './baselines/adasparse';
import { adl } from './baselines/adl';
import { aesm2 } from './baselines/aesm2';
import { crossStitch } from './baselines/crossStitch';
import { autoint } from './baselines/autoint';
import { dcn } from './baselines/dcn';
import { dcnv2 } from './baselines/dcnv2';
import { deepfm } from './baselines/deepfm';
import { din } from './baselines/din';
import { edcn } from './baselines/edcn';
import { pnn } from './baselines/pnn';
import { wideDeep } from './baselines/wideDeep';
import { finetune } from './baselines/finetune';
import { fm } from './baselines/fm';
import { hamur } from './baselines/hamur';
import { hinet } from './baselines/hinet';
import { hmoe } from './baselines/hmoe';
import { lr } from './baselines/lr';
import { m2m } from './baselines/m2m';
import { m3oe } from './baselines/m3oe';
import { mamdr } from './baselines/mamdr';
import { mix } from './baselines/mix';
import { mmoe } from './baselines/mmoe';
import { epnet, pepnet, ppnet } from './baselines/pepnet';
import { ple } from './baselines/ple';
import { sharedBottom } from './baselines/sharedBottom';
import { single } from './baselines/single';
import { star } from './baselines/star';
import type { AnyModelDefinition } from './definition';
import { aread } from './papers/aread';
import { causalint } from './papers/causalint';
import { mscan } from './papers/mscan';
import { optmsm } from './papers/optmsm';
import { sarnet } from './papers/sarnet';
import { listed, shortened } from '../data/shortened';

export const models: readonly AnyModelDefinition[] = [
  lr,
  fm,
  wideDeep,
  deepfm,
  pnn,
  din,
  dcn,
  dcnv2,
  autoint,
  edcn,
  mix,
  single,
  finetune,
  sharedBottom,
  mmoe,
  ple,
  star,
  mamdr,
  crossStitch,
  hmoe,
  aesm2,
  m2m,
  adasparse,
  hinet,
  epnet,
  ppnet,
  pepnet,
  adl,
  adaptdhm,
  hamur,
  m3oe,
  causalint,
  mscan,
  optmsm,
  sarnet,
  aread,
];

/** @throws RangeError naming the known ids. */
export function findModel(id: string): AnyModelDefinition {
  const found = models.find((model) => model.id === id);
  if (!found)
    throw new RangeError(
      `There is no model "${shortened(id)}"; known models: ${listed(models.map((model) => model.id))}.`,
    );
  return found;
}
