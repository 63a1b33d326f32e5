import { encodeView, useLens } from '../../state/index.ts';
import { LESSON_LIST } from '../../state/learn/catalogue.ts';
import { progressOf } from '../../state/learn/progress.ts';
import { Thumbs } from '../app/Thumbs.tsx';
import styles from './learnPage.module.css';

/** The five lessons in order, with how far each is. */
export function LessonList() {
  return (
    <section aria-labelledby="lessons-title" className={styles.lessons}>
      <h2 id="lessons-title">Five lessons</h2>
      <ol>
        {LESSON_LIST.map((lesson, i) => (
          <LessonCard key={lesson.id} lesson={lesson} number={i + 1} />
        ))}
      </ol>
    </section>
  );
}

interface Props {
  readonly lesson: (typeof LESSON_LIST)[number];
  readonly number: number;
}

function LessonCard({ lesson, number }: Props) {
  const { id, title, promise, minutes, steps, pictures } = lesson;
  const href = useLens(({ view }) => encodeView({ ...view, page: 'learn', lesson: id, step: 0 }));
  const { at, done } = useLens(({ progress }) => progressOf(progress, id));
  const begun = at > 0;
  return (
    <li className={`panel ${styles.card}`} data-done={done || undefined}>
      <div className={styles.strip} aria-hidden="true">
        <Thumbs images={pictures} size={72} fill />
      </div>
      <p className="label">
        Lesson {number} · about {minutes} minutes{done && ' · done'}
      </p>
      <h3>
        <a
          href={href}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            void useLens.getState().startLesson(id);
          }}
        >
          {title}
        </a>
      </h3>
      <p className={styles.promise}>{promise}</p>
      <p className={styles.state}>
        {begun ? (
          <>
            Goes on at step {at + 1} of {steps}.{' '}
            <button type="button" className="link" onClick={() => void useLens.getState().startLesson(id, 0)}>
              From the beginning
            </button>
          </>
        ) : (
          `${steps} steps`
        )}
      </p>
      <progress
        className={styles.progress}
        max={steps}
        value={done && !begun ? steps : at}
        aria-label={`How far in “${title}”`}
      />
    </li>
  );
}
