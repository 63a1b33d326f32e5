import { encodeView, useLens } from '../../state/index.ts';
import { LESSON_LIST, TOUR } from '../../state/learn/catalogue.ts';
import styles from './learnPage.module.css';

/** How to stand on a stage with it, and addresses to hand out. */
export function ForTeachers() {
  const view = useLens((state) => state.view);
  const link = (lesson: string, present: boolean): string =>
    encodeView({ ...view, page: 'learn', game: '', lesson, step: 0, present });
  return (
    <section aria-labelledby="teachers-title" className={styles.teachers}>
      <h2 id="teachers-title">For teachers</h2>
      <p>
        A lesson opened for presenting has large type and nothing around it; the keys of a presenter’s remote
        go to the next step and back. Every step has its own address: what is in the address bar is what your
        students see when you hand it out. Nothing is sent anywhere: answers and progress stay in the
        student’s browser.
      </p>
      <table>
        <caption className="sr-only">Addresses of the lessons</caption>
        <thead>
          <tr>
            <th scope="col">Lesson</th>
            <th scope="col">Minutes</th>
            <th scope="col">To hand out</th>
            <th scope="col">To present</th>
          </tr>
        </thead>
        <tbody>
          {[TOUR, ...LESSON_LIST].map(({ id, title, minutes }) => (
            <tr key={id}>
              <th scope="row">{title}</th>
              <td>{minutes}</td>
              <td>
                <a href={link(id, false)} aria-label={`Address of “${title}”`}>
                  address
                </a>
              </td>
              <td>
                <a href={link(id, true)} aria-label={`Present “${title}”`}>
                  present
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        The game’s address holds its seed: everybody who opens it gets the same rounds, so a class can play
        side by side.
      </p>
    </section>
  );
}
