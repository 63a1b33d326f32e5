import { useMemo } from 'react';
import { sharedPins, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { OwnPins } from './OwnPins.tsx';
import { SharedPinList } from './SharedPinList.tsx';

/** Pinned neurons: somebody's, where the address brings a list, else one's own. */
export function PinsPage() {
  const text = useLens((state) => state.view.list);
  const shared = useMemo(() => sharedPins(text), [text]);
  return <div className={page.page}>{shared ? <SharedPinList shared={shared} /> : <OwnPins />}</div>;
}
