import { describe, expect, it } from 'vitest';
import { CLAIMING_PAPERS, claimsOf } from '../../../studies/claims';
import { madeUpStudy } from '../../../studies/reproduce/testing';
import { wholeReproduceView } from '../../store/reproduceView';
import { unknownNames } from './unknownNames';

const study = madeUpStudy();
const [claim] = claimsOf('sarnet').claims;
const [table] = claimsOf('sarnet').tables;

describe('names of an address', () => {
  it('that there is something of are taken as they are', () => {
    const view = {
      ...wholeReproduceView,
      ...{ paper: 'sarnet', claim: claim!.id, verdict: 'no effect', table: table!.id },
      ...{ world: study.worlds[0]!.id, metric: Object.keys(study.cells[0]!.figures)[0]! },
    };
    expect(unknownNames(view, [study])).toEqual({ problems: [], without: {} });
    expect(unknownNames(wholeReproduceView, [study])).toEqual({ problems: [], without: {} });
  });

  it('that there is nothing of get a sentence each, and go', () => {
    const asked = {
      paper: 'nobody',
      claim: 'nope',
      verdict: 'maybe',
      table: 'Table 99',
      world: 'nowhere',
      metric: 'x'.repeat(80),
    };
    const { problems, without } = unknownNames({ ...wholeReproduceView, ...asked }, [study]);
    expect(without).toEqual(Object.fromEntries(Object.keys(asked).map((name) => [name, null])));
    expect(problems).toHaveLength(6);
    expect(problems[0]).toBe(`There is no paper "nobody" here; known: ${CLAIMING_PAPERS.join(', ')}.`);
    expect(problems[1]).toBe('There is no claim "nope" here.');
    for (const problem of problems) expect(problem.length).toBeLessThan(200);
  });

  it('of worlds and metrics are not judged where no study is stored', () => {
    const view = { ...wholeReproduceView, world: 'nowhere', metric: 'none' };
    expect(unknownNames(view, [])).toEqual({ problems: [], without: {} });
  });
});
