import { lazy, Suspense } from 'react';
import { useLens } from '../../state/index.ts';

const LessonPanel = lazy(() => import('./LessonPanel.tsx').then((room) => ({ default: room.LessonPanel })));
const Invitation = lazy(() => import('./Invitation.tsx').then((room) => ({ default: room.Invitation })));

/** What teaching lays beside every page: the lesson that is taken, or on a first visit the offer of a tour. */
export function LearnDock() {
  const lesson = useLens((state) => state.view.lesson);
  const offered = useLens(
    ({ progress, view, subject }) =>
      progress.tour === 'new' &&
      !view.embed &&
      !view.present &&
      view.page !== 'learn' &&
      subject.status === 'ready',
  );
  return (
    <Suspense fallback={null}>
      {lesson !== '' ? <LessonPanel key={lesson} id={lesson} /> : offered && <Invitation />}
    </Suspense>
  );
}
