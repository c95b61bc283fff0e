// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Figure } from './Figure';
import { StagePanel } from './StagePanel';

const NAMES = ['one', 'two', 'three', 'four'];

function stage() {
  const onShow = vi.fn<(name: string) => void>();
  render(
    <StagePanel wanted={null} onShow={onShow} live={false} steps={[]}>
      {NAMES.map((name) => (
        <Figure key={name} name={name} title={name} reading="" table={{ columns: [], rows: [] }}>
          <p>{name}</p>
        </Figure>
      ))}
    </StagePanel>,
  );
  return { onShow, thumbnail: (name: string) => screen.getByRole('button', { name }) };
}

afterEach(cleanup);

describe('the strip of thumbnails', () => {
  it('is walked by arrow keys, from its end to its start, and Enter makes one lead', () => {
    const { onShow, thumbnail } = stage();
    const press = (key: string) => fireEvent.keyDown(document.activeElement!, { key });
    thumbnail('two').focus();
    press('ArrowRight');
    expect(document.activeElement).toBe(thumbnail('three'));
    press('ArrowRight');
    press('ArrowRight');
    expect(document.activeElement).toBe(thumbnail('two'));
    press('ArrowLeft');
    expect(document.activeElement).toBe(thumbnail('four'));
    fireEvent.click(document.activeElement!);
    expect(onShow).toHaveBeenCalledWith('four');
  });
});
