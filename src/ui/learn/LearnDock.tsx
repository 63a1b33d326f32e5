import { Suspense } from 'react';
import { useLens } from '../../state/index.ts';
import { room } from '../app/room.tsx';

const LessonPanel = room(async () => (await import('./LessonPanel.tsx')).LessonPanel).View;
const Invitation = room(async () => (await import('./Invitation.tsx')).Invitation).View;

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
