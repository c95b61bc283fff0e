// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { models } from '../../../models/registry';
import { useSetup } from '../../store/setup';
import { ModelPicker } from './ModelPicker';

afterEach(cleanup);

const search = (text: string): void => {
  fireEvent.change(screen.getByRole('searchbox', { name: 'Search models' }), { target: { value: text } });
};

it('offers every model once, under its family', () => {
  render(<ModelPicker />);
  const options = screen.getAllByRole('option').map((option) => option.getAttribute('value'));
  expect(options.sort()).toEqual(models.map(({ id }) => id).sort());
  const family = screen.getByRole('option', { name: /^FM/ }).parentElement;
  expect(family?.getAttribute('label')).toBe('Single-task baselines');
});

it('says of each match what it is, and takes the one that is clicked', () => {
  render(<ModelPicker />);
  search('rendle');
  const match = screen.getByTestId('model-match-fm');
  expect(match.textContent).toContain(models.find(({ id }) => id === 'fm')!.summary);
  expect(screen.getAllByRole('listitem').length).toBe(1);
  fireEvent.click(match);
  expect(useSetup.getState().setup.model).toBe('fm');
  expect(screen.queryByTestId('model-matches')).toBeNull();
});

it('finds a family, and Enter takes the first match', () => {
  render(<ModelPicker />);
  search('multi-task');
  const ids = screen.getAllByRole('listitem').map((item) => item.querySelector('button')?.dataset['testid']);
  expect(ids[0]).toBe('model-match-shared-bottom');
  fireEvent.keyDown(screen.getByRole('searchbox'), { key: 'Enter' });
  expect(useSetup.getState().setup.model).toBe('shared-bottom');
});

it('says so where nothing matches', () => {
  render(<ModelPicker />);
  search('no such thing');
  expect(screen.getByRole('status').textContent).toContain('No model matches');
  expect(screen.queryByTestId('model-matches')).toBeNull();
});
