/** The workbench: every picture from fixed states, without a worker and without a run. Reached as `/gallery`. */
import '../styles/tokens.css';
import '../styles/base.css';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { createRoot } from 'react-dom/client';
import { Notices } from '../notices/Notices';
import { useTheme } from '../store/theme';
import { Gallery } from './Gallery';

const asked = new URLSearchParams(location.search).get('theme');
if (asked === 'light' || asked === 'dark') useTheme.getState().choose(asked);

const root = document.getElementById('root');
if (!root) throw new Error('gallery.html has no #root.');
// Models are built to ask them for their probes, never to compute: so nothing is opened that the page would then load too.
await setBackend('cpu');
createRoot(root).render(
  <>
    <Gallery />
    <Notices />
  </>,
);
