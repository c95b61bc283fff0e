import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeUpClaim, madeUpStudy } from '../../studies/reproduce/testing';
import { addressKey, SEED } from './reportData';
import { reportData, reportDocument } from './reportHtml';

const page = 'https://lab.example/scenarium/';
const study = madeUpStudy();
const data = reportData([madeUpClaim('a')], [study], page);

/** What the report's script will read. */
function embedded(html: string): unknown {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json ?? '');
}

describe('a report', () => {
  it('holds the runs and nothing computed from them', () => {
    const html = reportDocument(data, 'draw();');
    expect(embedded(html)).toEqual(JSON.parse(JSON.stringify(data)));
    expect(html).not.toMatch(/"(effect|interval|holm|verdict)"/);
    expect(html).toContain("default-src 'none'");
  });

  it('cannot be ended early by what stands in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, code) => {
        const spiteful = { ...data, titles: { sarnet: `</script><script>${title}` } };
        const html = reportDocument(spiteful, `"</script></SCRIPT><!--${code}`);
        expect(embedded(html)).toEqual(JSON.parse(JSON.stringify(spiteful)));
        expect(html.match(/<\/script/gi)).toHaveLength(2);
      }),
    );
  });

  it('has the address of every cell, with a place for its seed', () => {
    const keys = study.cells.map(({ world, variant }) => addressKey(study.id, world, variant));
    expect(new Set(Object.keys(data.addresses))).toEqual(new Set(keys));
    for (const address of Object.values(data.addresses)) {
      expect(address).toContain('autostart=1');
      expect(address).toContain(`seed=${SEED}`);
    }
  });
});
