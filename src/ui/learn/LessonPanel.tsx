import { useEffect, useRef, useState } from 'react';
import { useLens } from '../../state/index.ts';
import { hasStrayed } from '../../state/learn/drive.ts';
import type { Lesson, Step } from '../../state/learn/lesson.ts';
import { LESSONS } from '../../state/learn/lessons/index.ts';
import styles from './learn.module.css';
import { PanelHead } from './PanelHead.tsx';
import { QuestionBox } from './QuestionBox.tsx';
import { StepText } from './StepText.tsx';
import { useHighlight } from './useHighlight.ts';
import { type Side, usePanelRoom } from './usePanelRoom.ts';

/** The lesson that the address names, beside the page it is about. */
export function LessonPanel({ id }: { readonly id: string }) {
  const lesson = LESSONS.find((candidate) => candidate.id === id);
  useEffect(() => {
    if (lesson) return;
    useLens.getState().notify('error', `There is no lesson “${id}”; the Learn page lists those there are.`);
    useLens.getState().leaveLesson();
  }, [lesson, id]);
  return lesson ? <Panel lesson={lesson} /> : null;
}

function Panel({ lesson }: { readonly lesson: Lesson }) {
  const at = useLens(({ view }) => Math.min(view.step, lesson.steps.length - 1));
  const present = useLens(({ view }) => view.present);
  const onLearnPage = useLens(({ view }) => view.page === 'learn');
  const [side, setSide] = useState<Side>('right');
  const [folded, setFolded] = useState(false);
  const step = lesson.steps[at]!;
  const panel = usePanelRoom(side, folded);
  useHighlight(step.look, at);
  // A short link names a lesson and no place: the step says which.
  useEffect(() => {
    if (onLearnPage) void useLens.getState().showStep();
  }, [onLearnPage]);
  return (
    <aside
      ref={panel}
      className={styles.panel}
      aria-label={`Lesson: ${lesson.title}`}
      data-lesson-panel
      data-side={side}
      data-present={present || undefined}
    >
      <PanelHead
        title={lesson.title}
        at={at}
        steps={lesson.steps.length}
        folded={folded}
        onFold={() => setFolded(!folded)}
        onMove={() => setSide(side === 'right' ? 'left' : 'right')}
      />
      {!folded && <StepInView key={at} lesson={lesson} step={step} at={at} />}
    </aside>
  );
}

interface StepProps {
  readonly lesson: Lesson;
  readonly step: Step;
  readonly at: number;
}

function StepInView({ lesson, step, at }: StepProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const strayed = useLens(({ view }) => view.page !== 'learn' && hasStrayed(step, view));
  const answered = useLens(({ progress }) => progress.lessons[lesson.id]?.answered.includes(at) ?? false);
  const { showStep, stepLesson } = useLens.getState();
  // Who goes on by a key or a button reads on here; and a screen reader says the step's title.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const last = at === lesson.steps.length - 1;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is long, and must do so for the keyboard too */}
      <section className={styles.body} aria-labelledby="step-title" tabIndex={0}>
        <h2 id="step-title" ref={heading} tabIndex={-1}>
          {step.title}
        </h2>
        <StepText step={step} />
        {step.question && <QuestionBox question={step.question} answered={answered} />}
        {strayed && step.question?.kind !== 'do' && (
          <p className={styles.strayed}>
            You are looking at something else than this step is about.{' '}
            <button type="button" className="link" onClick={() => void showStep()}>
              Show it again
            </button>
          </p>
        )}
      </section>
      <footer className={styles.foot}>
        <button
          type="button"
          className="button"
          disabled={at === 0}
          onClick={() => void stepLesson(-1)}
          aria-keyshortcuts="["
          title="Back ([)"
        >
          Back
        </button>
        <button
          type="button"
          className="button"
          data-main={!step.question || answered || undefined}
          onClick={() => void stepLesson(1)}
          aria-keyshortcuts="]"
          title="Next (])"
        >
          {last ? 'Finish' : step.question && !answered ? 'Go on without it' : 'Next'}
        </button>
      </footer>
    </>
  );
}
