import { type Action, hasSubject, isDirections, isRunning } from './action.ts';

export const COMPUTE: readonly Action[] = [
  {
    id: 'recompute',
    label: 'Recompute this block on this machine',
    group: 'Compute',
    keys: ['R'],
    words: 'live run analyse',
    needs: 'a model and its pictures, and nothing else running',
    enabled: (state) =>
      hasSubject(state) && !isDirections(state) && !isRunning(state) && state.pictures.status === 'ready',
    perform: (state) => void state.recompute(),
  },
  {
    id: 'cancel',
    label: 'Cancel the computation',
    group: 'Compute',
    keys: ['x'],
    words: 'stop abort',
    needs: 'a computation that is running',
    enabled: isRunning,
    perform: (state) => state.cancelJob(),
  },
  {
    id: 'source',
    label: 'Switch between shipped and live numbers',
    group: 'Compute',
    keys: ['l'],
    needs: 'a block that was recomputed here',
    enabled: (state) => state.live.size > 0,
    perform: (state) => state.setSource(state.source === 'live' ? 'shipped' : 'live'),
  },
];
