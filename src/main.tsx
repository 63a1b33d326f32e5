import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from './state/index.ts';
import { App } from './ui/app/App.tsx';
import { browserHistory } from './ui/app/browserHistory.ts';
import { NEURON_ROOM } from './ui/app/pages.tsx';
import './ui/app/theme.css';
import './ui/app/parts.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
start(browserHistory());
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// It comes while they look at the list.
addEventListener('load', () => setTimeout(NEURON_ROOM.prepare, 1000));
